package org.jdmtcp.tools.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdmtcp.coordinator.auth.SecretFile;
import org.jdmtcp.coordinator.command.CommandClient;
import org.jdmtcp.coordinator.command.CoordinatorStatus;
import org.jdmtcp.tools.command.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts real coordinators in the background; each test quits its own. */
@Timeout(60)
class CoordinatorLauncherTest {
    private static CoordinatorLauncher.Request request(CoordinatorLauncher.Mode mode, int port) {
        return new CoordinatorLauncher.Request(mode, "localhost", OptionalInt.of(port), 0, Optional.empty());
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Test
    void ofTwoAtOnceOneStartsItAndBothFindIt() throws Exception {
        int port = freePort();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<CoordinatorLauncher.Found> ensure =
                    () -> CoordinatorLauncher.ensure(request(CoordinatorLauncher.Mode.ANY, port));
            List<CoordinatorLauncher.Found> found = threads.invokeAll(List.of(ensure, ensure)).stream()
                    .map(Future::resultNow)
                    .toList();
            assertThat(found).extracting(f -> f.address().port()).containsExactly(port, port);
            assertThat(found).filteredOn(CoordinatorLauncher.Found::started).hasSize(1);
        } finally {
            assertThat(Command.run("-p", Integer.toString(port), "-q")).isZero();
        }
    }

    @Test
    void aNewOneOnAnyPortInASessionOfItsOwn() throws Exception {
        CoordinatorLauncher.Found found = CoordinatorLauncher.ensure(request(CoordinatorLauncher.Mode.NEW, 0));
        String port = Integer.toString(found.address().port());
        try (CommandClient client =
                CommandClient.connect(found.address(), SecretFile.locate().open())) {
            CoordinatorStatus status = client.status();
            ProcessHandle coordinator = ProcessHandle.of(status.pid()).orElseThrow();
            assertThat(coordinator.isAlive()).isTrue();
            assertThatThrownBy(() -> CoordinatorLauncher.ensure(request(
                            CoordinatorLauncher.Mode.NEW, found.address().port())))
                    .hasMessageContaining("cannot listen on port " + port);
            assertThat(CoordinatorLauncher.ensure(request(
                                    CoordinatorLauncher.Mode.JOIN,
                                    found.address().port()))
                            .started())
                    .isFalse();
            assertThat(Command.run("-p", port, "-q")).isZero();
            coordinator.onExit().join();
        }
        assertThat(Command.run("-p", port, "-s")).isEqualTo(2);
        assertThatThrownBy(() -> CoordinatorLauncher.ensure(
                        request(CoordinatorLauncher.Mode.JOIN, found.address().port())))
                .hasMessageContaining("no coordinator listens");
    }

    @Test
    void flagsThatMakeSenseForAnotherJvm() {
        assertThat(BackgroundCoordinator.flags(List.of(
                        "java", "-Xmx32m", "-cp", "x.jar", "-XX:AOTCacheOutput=y", "-Djdmtcp.home=/h", "Main", "-q")))
                .containsExactly("-Xmx32m", "-Djdmtcp.home=/h");
    }
}
