package org.jdmtcp.tools.restart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.agent.AgentHello;
import org.jdmtcp.core.agent.Agent;
import org.jdmtcp.core.restart.Rebuilt;
import org.jdmtcp.core.restart.RestartOptions;
import org.jdmtcp.tools.agent.AgentRun;
import org.jdmtcp.tools.agent.CommonOptions;
import org.jdmtcp.tools.agent.CoordinatorChoice;
import org.jdmtcp.tools.agent.ImageOptions;
import org.jdmtcp.tools.agent.PluginChoice;
import org.jdmtcp.tools.agent.QuickLine;
import org.jdmtcp.tools.agent.ToolCommandLine;
import org.jdmtcp.tools.log.Logs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmtcp_restart}: brings processes back from their images. */
@CommandLine.Command(
        name = Restart.NAME,
        version = "dmtcp_restart (jdmtcp) 0.1.0",
        sortOptions = false,
        customSynopsis = {
            "Usage: dmtcp_restart [OPTIONS] ckpt_PROGRAM_ID.dmtcp ...",
            "       dmtcp_restart [OPTIONS] --restartdir DIR"
        },
        description = "Brings the processes of a checkpoint back.",
        footerHeading = "%nExit status:%n")
public final class Restart implements Callable<Integer> {
    static final String NAME = "dmtcp_restart";
    private static final String IMAGES = "ckpt_*.dmtcp";

    @Mixin
    CoordinatorChoice coordinator = new CoordinatorChoice();

    @Option(names = "--restartdir", paramLabel = "DIR", description = "Restart all images in DIR.")
    @Nullable Path directory;

    @Option(names = "--no-strict-checking", description = "Also restart images of another user's processes.")
    boolean noStrictChecking;

    @Mixin
    ImageOptions images = new ImageOptions();

    @Mixin
    PluginChoice plugins = new PluginChoice();

    @Option(
            names = "--without-plugin",
            paramLabel = "ID",
            description =
                    "Leave out what this plugin has written into the images, where it is missing or is another one"
                            + " now; may be repeated. Its open files become /dev/null.")
    List<String> without = new ArrayList<>();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Parameters(arity = "0..*", hidden = true)
    List<Path> files = new ArrayList<>();

    public static void main(final String[] arguments) {
        final Optional<Restart> quick = quick(List.of(arguments));
        ToolCommandLine.exit(
                quick.isPresent()
                        ? ToolCommandLine.run(NAME, quick.get())
                        : ToolCommandLine.of(new Restart()).execute(arguments));
    }

    static Optional<Restart> quick(final List<String> line) {
        final Restart restart = new Restart();
        final OptionalInt first =
                QuickLine.read(line, List.of(restart.coordinator, restart.images, restart.plugins, restart.common));
        first.ifPresent(index -> restart.files =
                line.subList(index, line.size()).stream().map(Path::of).toList());
        return first.isPresent() ? Optional.of(restart) : Optional.empty();
    }

    @Override
    public Integer call() throws CoordinatorException, IOException {
        final List<Path> chosen = chosen();
        Logs.open(common.logs(NAME));
        final Agent agent = AgentRun.newAgent(plugins.selection(Set.of(), false, Set.copyOf(without)));
        final AgentRun run = new AgentRun(agent, coordinator.settings(), images.settings(), common.voice(NAME));
        run.requireCoordinator();
        final Rebuilt rebuilt = agent.rebuild(new RestartOptions(
                chosen,
                !noStrictChecking,
                images.overwritesFiles(),
                common.temporary().toAbsolutePath(),
                Set.copyOf(without)));
        final Rebuilt.Root first = rebuilt.roots().getFirst();
        run.start(
                first.pid(),
                first.program(),
                Optional.of(new AgentHello.Restarted(rebuilt.computation(), rebuilt.generation())));
        return run.awaitEnd();
    }

    private List<Path> chosen() throws IOException {
        if (files.isEmpty() == (directory == null)) {
            throw new IllegalArgumentException(
                    files.isEmpty()
                            ? "no image is named; give image files, or --restartdir"
                            : "image files and --restartdir exclude each other; give one of them");
        }
        if (directory == null) {
            return files.stream().map(Path::toAbsolutePath).toList();
        }
        try (Stream<Path> found = images(directory)) {
            final List<Path> all = found.map(Path::toAbsolutePath).sorted().toList();
            if (all.isEmpty()) {
                throw new IllegalArgumentException(
                        "no image (" + IMAGES + ") is in " + directory + "; look for the right --restartdir");
            }
            return all;
        }
    }

    private static Stream<Path> images(final Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(
                    directory + " is no directory; give the one that the images are in with --restartdir");
        }
        return Files.list(directory)
                .filter(file -> directory
                        .getFileSystem()
                        .getPathMatcher("glob:" + IMAGES)
                        .matches(file.getFileName()));
    }
}
