package org.jdmtcp.tools.agent;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jdmtcp.tools.CoordinatorOptions;
import org.jdmtcp.tools.coordinator.CoordinatorLauncher;
import org.jdmtcp.tools.coordinator.CoordinatorLauncher.Mode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which coordinator dmtcp_launch and dmtcp_restart use. */
public final class CoordinatorChoice implements QuickOptions {
    @Mixin
    CoordinatorOptions address = new CoordinatorOptions();

    @Option(
            names = {"-j", "--join-coordinator"},
            description = "Join a coordinator; fail if there is none.")
    boolean join;

    @Option(names = "--new-coordinator", description = "Start a coordinator (default port: any free one).")
    boolean fresh;

    @Option(names = "--any-coordinator", description = "Join one, else start one in the background: the default.")
    boolean any;

    @Option(names = "--no-coordinator", description = "Do without; checkpoints are made by --interval alone.")
    boolean none;

    @Option(
            names = "--port-file",
            paramLabel = "FILE",
            description = "Write the coordinator's port to FILE (DMTCP_PORT_FILE).")
    @Nullable Path portFile;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            description = "Take a checkpoint every so many seconds; 0 = never (DMTCP_CHECKPOINT_INTERVAL).")
    @Nullable Long interval;

    @Option(
            names = "--coord-logfile",
            paramLabel = "FILE",
            description = "Log of a coordinator that is started (DMTCP_COORD_LOGFILE).")
    @Nullable Path logFile;

    /**
     * All of it, checked.
     *
     * @param request which one; empty for none
     * @param interval seconds between checkpoints, if it was said
     * @param portFile where to write the port
     */
    public record Settings(
            Optional<CoordinatorLauncher.Request> request, OptionalLong interval, Optional<Path> portFile) {
        Mode mode() {
            return request.map(CoordinatorLauncher.Request::mode).orElse(Mode.ANY);
        }
    }

    @Override
    public boolean takeFlag(final String name) {
        final boolean first = !(join || fresh || any || none);
        switch (name) {
            case "-j", "--join-coordinator" -> join = true;
            case "--new-coordinator" -> fresh = true;
            case "--any-coordinator" -> any = true;
            case "--no-coordinator" -> none = true;
            default -> {
                return false;
            }
        }
        return first;
    }

    @Override
    public boolean takeValue(final String name, final String value) {
        return switch (name) {
            case "-h", "--coord-host" -> address.giveHost(value);
            case "-p", "--coord-port" -> QuickLine.isNumber(value) && address.givePort(Integer.parseInt(value));
            case "-i", "--interval" -> {
                final boolean first = interval == null && QuickLine.isNumber(value);
                interval = first ? Long.valueOf(value) : interval;
                yield first;
            }
            case "--port-file" -> {
                final boolean first = portFile == null;
                portFile = Path.of(value);
                yield first;
            }
            default -> false;
        };
    }

    /** Checks. @throws IllegalArgumentException with a message for the user */
    public Settings settings() {
        if (Stream.of(join, fresh, any, none).filter(given -> given).count() > 1) {
            throw new IllegalArgumentException("--join-coordinator, --new-coordinator, --any-coordinator and"
                    + " --no-coordinator exclude each other; give one of them");
        }
        final OptionalLong seconds = seconds();
        final Optional<Path> port = portFile != null
                ? Optional.of(portFile)
                : Variable.DMTCP_PORT_FILE.value().map(Path::of);
        if (none) {
            return new Settings(Optional.empty(), seconds, Optional.empty());
        }
        final Optional<Path> log = logFile != null
                ? Optional.of(logFile)
                : Variable.DMTCP_COORD_LOGFILE.value().map(Path::of);
        final CoordinatorLauncher.Request request = new CoordinatorLauncher.Request(
                join ? Mode.JOIN : fresh ? Mode.NEW : Mode.ANY,
                address.host(),
                address.namedPort(),
                seconds.orElse(0),
                log);
        return new Settings(Optional.of(request), seconds, port);
    }

    private OptionalLong seconds() {
        final Optional<Long> given =
                interval != null ? Optional.of(interval) : Variable.DMTCP_CHECKPOINT_INTERVAL.number();
        given.filter(seconds -> seconds < 0).ifPresent(seconds -> {
            throw new IllegalArgumentException("--interval " + seconds + " is negative; give seconds, or 0 for never");
        });
        return given.map(OptionalLong::of).orElse(OptionalLong.empty());
    }
}
