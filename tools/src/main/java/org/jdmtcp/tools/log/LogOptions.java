package org.jdmtcp.tools.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is to be written into a log, and where. */
public final class LogOptions {
    static final String OPTION = "--debug-logs";
    static final String FILE_OPTION = "--log-file";
    private static final String LEVEL = "DMTCP_LOG_LEVEL";
    private static final String OVERRIDES = "DMTCP_LOG_OVERRIDES";
    private static final String FILE = "DMTCP_LOG_FILE";
    private static final String TERMINAL = "-";

    @Option(
            names = OPTION,
            paramLabel = "LIST",
            description = "Log parts at levels, such as socket=trace,fd=debug, or all at one: debug (" + LEVEL
                    + "=debug," + " " + OVERRIDES + "=socket=trace). A part is a plugin or a package of the engine.")
    List<String> lists = new ArrayList<>();

    @Option(
            names = FILE_OPTION,
            paramLabel = "FILE",
            description = "Append the log to FILE, - for standard error (" + FILE
                    + "; default: a file for each agent in dmtcp-UID/COMPUTATION below the --tmpdir).")
    @Nullable String file;

    /** Takes one of these options from a quick command line. @return whether it is one, and was not given before */
    public boolean takeValue(final String name, final String value) {
        return switch (name) {
            case OPTION -> lists.add(value);
            case FILE_OPTION -> {
                final boolean first = file == null;
                file = value;
                yield first;
            }
            default -> false;
        };
    }

    /**
     * All of it, checked.
     *
     * @param tool who speaks
     * @param quiet how often {@code --quiet} was given
     * @param temporary the folder for temporary files
     * @throws IllegalArgumentException with a message for the user
     */
    public LogSettings settings(final String tool, final int quiet, final Path temporary) {
        final LogLevels levels = LogLevels.parse(LEVEL, variable(LEVEL).stream().toList())
                .under(LogLevels.parse(OVERRIDES, variable(OVERRIDES).stream().toList()))
                .under(LogLevels.parse(OPTION, lists));
        final Optional<String> wanted = Optional.ofNullable(file).or(() -> variable(FILE));
        return new LogSettings(
                tool,
                quiet,
                levels,
                wanted.filter(name -> name.equals(TERMINAL)).isPresent(),
                wanted.filter(name -> !name.equals(TERMINAL))
                        .map(name -> Path.of(name).toAbsolutePath()),
                temporary.toAbsolutePath());
    }

    private static Optional<String> variable(final String name) {
        return Optional.ofNullable(System.getenv(name)).filter(text -> !text.isEmpty());
    }
}
