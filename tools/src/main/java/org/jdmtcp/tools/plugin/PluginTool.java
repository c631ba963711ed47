package org.jdmtcp.tools.plugin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jdmtcp.core.plugin.InstalledPlugin;
import org.jdmtcp.core.plugin.PluginException;
import org.jdmtcp.core.plugin.PluginLoader;
import org.jdmtcp.tools.ExitStatus;
import org.jdmtcp.tools.agent.PluginChoice;
import org.jdmtcp.tools.command.Json;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmtcp_plugin}: which plugins there are. */
@CommandLine.Command(
        name = PluginTool.NAME,
        version = "dmtcp_plugin (jdmtcp) 0.1.0",
        sortOptions = false,
        customSynopsis = {
            "Usage: dmtcp_plugin [OPTIONS] list",
            "       dmtcp_plugin [OPTIONS] info [ID...]",
        },
        description = "Tells of the plugins that are installed, and of those of --with-plugin.",
        footerHeading = "%nExit status:%n")
public final class PluginTool implements Callable<Integer> {
    static final String NAME = "dmtcp_plugin";
    private static final String LIST = "list";
    private static final String INFO = "info";

    @Mixin
    PluginChoice plugins = new PluginChoice();

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    boolean version;

    @Parameters(
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "list, or info with the ids of plugins (default: all).")
    List<String> words = new ArrayList<>();

    public static void main(final String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the command and returns the exit status. */
    public static int run(final String... arguments) {
        final CommandLine line = new CommandLine(new PluginTool());
        line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE.code());
        line.getCommandSpec()
                .usageMessage()
                .footer(ExitStatus.table(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.FAILED)
                        .split("\n"));
        line.setExecutionExceptionHandler((exception, failed, parsed) -> {
            System.err.println(NAME + ": " + exception.getMessage());
            return (exception instanceof PluginException ? ExitStatus.FAILED : ExitStatus.USAGE).code();
        });
        return line.execute(arguments);
    }

    @Override
    public Integer call() {
        final String command = words.getFirst();
        final List<String> ids = words.subList(1, words.size());
        if (!command.equals(LIST) && !command.equals(INFO) || command.equals(LIST) && !ids.isEmpty()) {
            throw new IllegalArgumentException("the command is list or info [ID...]; see " + NAME + " --help");
        }
        final List<PluginFacts> chosen = chosen(ids);
        if (json) {
            final Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("schema_version", 1);
            answer.put("plugins", chosen.stream().map(PluginFacts::json).toList());
            System.out.println(Json.write(answer));
        } else if (command.equals(LIST)) {
            System.out.println(PluginFacts.heading());
            chosen.forEach(facts -> System.out.println(facts.line()));
        } else {
            chosen.forEach(facts -> facts.lines().forEach(System.out::println));
        }
        return ExitStatus.OK.code();
    }

    private List<PluginFacts> chosen(final List<String> ids) {
        final List<PluginFacts> all = new ArrayList<>();
        for (final InstalledPlugin plugin :
                PluginLoader.load(plugins.selection(Set.of(), false, Set.of())).installed()) {
            all.add(new PluginFacts(plugin, all.size() + 1));
        }
        ids.forEach(id -> {
            if (all.stream().noneMatch(facts -> facts.id().equals(id))) {
                throw new IllegalArgumentException("there is no plugin \"" + id + "\"; there are: "
                        + String.join(", ", all.stream().map(PluginFacts::id).toList()));
            }
        });
        return ids.isEmpty()
                ? all
                : all.stream().filter(facts -> ids.contains(facts.id())).toList();
    }
}
