package org.jdmtcp.tools.launch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.agent.AgentHello;
import org.jdmtcp.core.agent.Agent;
import org.jdmtcp.core.agent.Inheritance;
import org.jdmtcp.core.agent.Program;
import org.jdmtcp.core.agent.ProgramException;
import org.jdmtcp.core.plugin.PluginSelection;
import org.jdmtcp.tools.ExitStatus;
import org.jdmtcp.tools.agent.AgentRun;
import org.jdmtcp.tools.agent.CommonOptions;
import org.jdmtcp.tools.agent.CoordinatorChoice;
import org.jdmtcp.tools.agent.DisabledPlugins;
import org.jdmtcp.tools.agent.ImageOptions;
import org.jdmtcp.tools.agent.PluginChoice;
import org.jdmtcp.tools.agent.QuickLine;
import org.jdmtcp.tools.agent.Successor;
import org.jdmtcp.tools.agent.ToolCommandLine;
import org.jdmtcp.tools.agent.Voice;
import org.jdmtcp.tools.log.Logs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmtcp_launch}: runs a program so that it can be checkpointed. */
@CommandLine.Command(
        name = Launch.NAME,
        version = "dmtcp_launch (jdmtcp) 0.1.0",
        sortOptions = false,
        customSynopsis = {"Usage: dmtcp_launch [OPTIONS] PROGRAM [ARGUMENTS]", "       dmtcp_launch [OPTIONS] --pid PID"
        },
        description = "Runs a program under checkpoint control, or takes in one that runs already.",
        footerHeading = "%nExit status:%n")
public final class Launch implements Callable<Integer> {
    static final String NAME = "dmtcp_launch";

    @Mixin
    CoordinatorChoice coordinator = new CoordinatorChoice();

    @Mixin
    ImageOptions images = new ImageOptions();

    @Mixin
    PluginChoice plugins = new PluginChoice();

    @Mixin
    DisabledPlugins disabled = new DisabledPlugins();

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "Take in a running process and its descendants; stays until they end. Ctrl-C lets them go and"
                    + " they run on.")
    @Nullable Integer pid;

    @Option(names = Successor.OPTION, split = ",", hidden = true)
    List<Integer> takeOver = new ArrayList<>();

    @Option(names = Successor.STREAMS_OPTION, split = ",", hidden = true)
    List<String> streams = new ArrayList<>();

    @Option(names = Successor.COMPUTATION_OPTION, hidden = true)
    @Nullable String computation;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Parameters(arity = "0..*", hidden = true)
    List<String> program = new ArrayList<>();

    public static void main(final String[] arguments) {
        final Optional<Launch> quick = quick(List.of(arguments));
        ToolCommandLine.exit(
                quick.isPresent()
                        ? ToolCommandLine.run(NAME, quick.get())
                        : full(new Launch(), arguments).execute(arguments));
    }

    /** How picocli reads the line. */
    static CommandLine full(final Launch launch, final String... arguments) {
        return launch.disabled.knownBy(ToolCommandLine.of(launch), arguments);
    }

    static Optional<Launch> quick(final List<String> line) {
        final Launch launch = new Launch();
        final OptionalInt first = QuickLine.read(
                line, List.of(launch.coordinator, launch.images, launch.plugins, launch.disabled, launch.common));
        first.ifPresent(index -> launch.program = line.subList(index, line.size()));
        return first.isPresent() ? Optional.of(launch) : Optional.empty();
    }

    @Override
    public Integer call() throws CoordinatorException {
        final Voice voice = common.voice(NAME);
        Logs.open(common.logs(NAME));
        final List<Integer> adopted = pid != null ? List.of(pid) : takeOver;
        if (program.isEmpty() == adopted.isEmpty()) {
            throw new IllegalArgumentException(
                    adopted.isEmpty()
                            ? "no program is named; see dmtcp_launch --help"
                            : "--pid goes without a program; leave one of them out");
        }
        final Inheritance inheritance = Inheritance.own();
        final PluginSelection chosen = plugins.selection(disabled.ids(), disabled.all(), Set.of());
        final Agent agent = AgentRun.newAgent(chosen);
        if (chosen.isSpecial()) {
            agent.requirePlugins(); // before the program starts: there may be mistakes in it
        }
        final AgentRun run = new AgentRun(agent, coordinator.settings(), images.settings(), voice);
        run.requireCoordinator();
        return adopted.isEmpty() ? spawn(agent, run, inheritance, voice) : adopt(agent, run, adopted);
    }

    private int spawn(final Agent agent, final AgentRun run, final Inheritance inheritance, final Voice voice) {
        final Program found = new Program(Inheritance.lastArguments(program.size()), inheritance);
        final int root;
        try {
            root = agent.spawn(found);
        } catch (final ProgramException e) {
            voice.error(String.valueOf(e.getMessage()));
            return (e.found() ? ExitStatus.NOT_EXECUTABLE : ExitStatus.NOT_FOUND).code();
        }
        run.start(root, found.name(), Optional.empty());
        return run.awaitEnd();
    }

    private int adopt(final Agent agent, final AgentRun run, final List<Integer> pids) {
        if (pid == null) {
            agent.takeOver(pids, streams);
        } else {
            agent.adopt(pids);
        }
        final String name = agent.members().getFirst().program();
        run.start(pids.getFirst(), name, Optional.ofNullable(computation).map(Launch::restarted));
        if (pid == null) {
            if (!run.awaitJoined() && coordinator.settings().request().isPresent()) {
                return ExitStatus.TOOL_FAILED.code();
            }
            Successor.announce();
        }
        return run.awaitEnd();
    }

    private static AgentHello.Restarted restarted(final String text) {
        final List<String> parts = Arrays.asList(text.split(":", 2));
        return new AgentHello.Restarted(parts.getFirst(), Long.parseLong(parts.getLast()));
    }
}
