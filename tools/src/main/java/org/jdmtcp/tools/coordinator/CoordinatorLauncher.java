package org.jdmtcp.tools.coordinator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.CoordinatorException.Kind;

/** Sees to it that dmtcp_launch and dmtcp_restart have a coordinator. */
public final class CoordinatorLauncher {
    private static final int REACH_MS = 2_000;
    private static final String STALE_SECONDS = "60";

    /** Which coordinator is wanted. */
    public enum Mode {
        /** One that is there already. */
        JOIN,
        /** One of its own. */
        NEW,
        /** One that is there, else one of its own. */
        ANY
    }

    /**
     * A wish.
     *
     * @param host where; only the own machine for one that is to be started
     * @param port the port, 0 for any free one, empty for the default (for {@link Mode#NEW}: any free one)
     * @param intervalSeconds for one that is started; 0 for never
     * @param logFile for one that is started
     */
    public record Request(Mode mode, String host, OptionalInt port, long intervalSeconds, Optional<Path> logFile) {}

    /**
     * What was found.
     *
     * @param started whether it was started by this call
     */
    public record Found(CoordinatorAddress address, boolean started) {}

    private CoordinatorLauncher() {}

    /**
     * Finds or starts a coordinator. Of several callers that start one on the same port at the same time one succeeds, and the
     * others find it. Whether it shares the secret shows when connecting.
     */
    public static Found ensure(Request request) throws CoordinatorException {
        int port = request.port().orElse(request.mode() == Mode.NEW ? 0 : CoordinatorAddress.DEFAULT_PORT);
        return switch (request.mode()) {
            case JOIN -> join(request.host(), port);
            case NEW -> startNew(request, port);
            case ANY -> {
                if (port != 0 && reachable(new CoordinatorAddress(request.host(), port))) {
                    yield new Found(new CoordinatorAddress(request.host(), port), false);
                }
                yield startOrJoin(request, port);
            }
        };
    }

    private static Found join(String host, int port) throws CoordinatorException {
        if (port == 0) {
            throw new CoordinatorException(
                    Kind.UNREACHABLE, "to join a coordinator its port is needed; give it with --coord-port");
        }
        CoordinatorAddress address = new CoordinatorAddress(host, port);
        if (!reachable(address)) {
            throw new CoordinatorException(
                    Kind.UNREACHABLE,
                    "no coordinator listens at " + address + "; start one with dmtcp_coordinator, or leave out"
                            + " --join-coordinator");
        }
        return new Found(address, false);
    }

    private static Found startNew(Request request, int port) throws CoordinatorException {
        try {
            return start(request, port);
        } catch (IOException e) {
            throw new CoordinatorException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private static Found startOrJoin(Request request, int port) throws CoordinatorException {
        try {
            return start(request, port);
        } catch (IOException e) {
            if (port != 0 && reachable(new CoordinatorAddress(request.host(), port))) {
                return new Found(new CoordinatorAddress(request.host(), port), false); // another one was faster
            }
            throw new CoordinatorException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private static Found start(Request request, int port) throws IOException, CoordinatorException {
        if (!isThisMachine(request.host())) {
            throw new CoordinatorException(
                    Kind.UNREACHABLE,
                    "no coordinator listens at " + request.host() + ":" + port + ", and one cannot be started"
                            + " there from here; start it there with dmtcp_coordinator");
        }
        // The stale timeout ends it where whom it was started for has ended before he could join.
        List<String> options = new ArrayList<>(
                List.of("-p", Integer.toString(port), "--exit-on-last", "--stale-timeout", STALE_SECONDS));
        if (request.intervalSeconds() > 0) {
            options.addAll(List.of("-i", Long.toString(request.intervalSeconds())));
        }
        request.logFile()
                .ifPresent(log -> options.addAll(
                        List.of("--coord-logfile", log.toAbsolutePath().toString())));
        return new Found(CoordinatorAddress.local(BackgroundCoordinator.start(options)), true);
    }

    private static boolean isThisMachine(String host) throws CoordinatorException {
        try {
            return new CoordinatorAddress(host, CoordinatorAddress.DEFAULT_PORT)
                    .resolve()
                    .getAddress()
                    .isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw unknown(host, e);
        }
    }

    private static boolean reachable(CoordinatorAddress address) throws CoordinatorException {
        try (Socket socket = new Socket()) {
            InetSocketAddress resolved = address.resolve();
            socket.connect(resolved, REACH_MS);
            return true;
        } catch (UnknownHostException e) {
            throw unknown(address.host(), e);
        } catch (IOException e) {
            return false; // nobody there: that is the question
        }
    }

    private static CoordinatorException unknown(String host, UnknownHostException e) {
        return new CoordinatorException(
                Kind.UNREACHABLE, "the coordinator's host " + host + " is not known; check --coord-host", e);
    }
}
