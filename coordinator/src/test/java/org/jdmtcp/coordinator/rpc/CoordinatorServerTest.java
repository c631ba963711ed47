package org.jdmtcp.coordinator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdmtcp.coordinator.CheckpointImage;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.agent.SharedValues;
import org.jdmtcp.coordinator.auth.Secret;
import org.jdmtcp.coordinator.auth.SessionProof;
import org.jdmtcp.coordinator.client.CoordinatorChannel;
import org.jdmtcp.coordinator.command.CheckpointMode;
import org.jdmtcp.coordinator.command.CommandClient;
import org.jdmtcp.coordinator.command.CoordinatorStatus;
import org.jdmtcp.coordinator.proto.AgentsGrpc;
import org.jdmtcp.coordinator.proto.BarrierReached;
import org.jdmtcp.coordinator.proto.Captured;
import org.jdmtcp.coordinator.proto.FromAgent;
import org.jdmtcp.coordinator.proto.Join;
import org.jdmtcp.coordinator.proto.Suspended;
import org.jdmtcp.coordinator.proto.ToAgent;
import org.jdmtcp.coordinator.state.CheckpointResult;
import org.jdmtcp.coordinator.state.ComputationSettings;
import org.jdmtcp.coordinator.state.KillResult;
import org.jdmtcp.coordinator.state.Lifetime;
import org.jdmtcp.coordinator.state.RoundLimits;
import org.jdmtcp.coordinator.state.ValueOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CoordinatorServerTest {
    private final Secret secret = new Secret(SessionProof.nonce());
    private CoordinatorServer server;
    private CommandClient client;

    @BeforeEach
    void start() throws Exception {
        server = CoordinatorServer.start(settings(0));
        client = CommandClient.connect(CoordinatorAddress.local(server.port()), secret);
    }

    private ServerSettings settings(int port) {
        Duration brief = Duration.ofMillis(500);
        return new ServerSettings(
                ServerSettings.loopback(),
                port,
                secret,
                new ComputationSettings(0, false, new RoundLimits(brief, brief), brief, brief),
                Lifetime.Rules.NONE,
                Optional.empty());
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    private TestAgent agent(String name, TestAgent.StopAt stopAt) throws CoordinatorException {
        return new TestAgent(name, stopAt, server.port(), secret);
    }

    private CompletableFuture<CheckpointResult> checkpoint(CheckpointMode mode) {
        CompletableFuture<CheckpointResult> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(client.checkpoint(mode));
            } catch (CoordinatorException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    @Test
    void aCheckpointOfTwoAgents() throws Exception {
        try (TestAgent a = agent("a", TestAgent.StopAt.NEVER);
                TestAgent b = agent("b", TestAgent.StopAt.NEVER)) {
            assertThat(a.connection().computationId()).isEqualTo(b.connection().computationId());
            CheckpointResult.Committed result = (CheckpointResult.Committed) client.checkpoint(CheckpointMode.WAIT);
            assertThat(result.images()).extracting(CheckpointImage::path).containsExactly("/ckpt/a", "/ckpt/b");
            CoordinatorStatus status = client.status();
            assertThat(status.processCount()).isEqualTo(4);
            assertThat(status.computation().running()).isTrue();
            assertThat(status.computation().generation()).isEqualTo(1);
        }
    }

    @Test
    void anAgentThatDiesInAnyPhaseEndsTheRoundAtOnce() throws Exception {
        for (TestAgent.StopAt step :
                List.of(TestAgent.StopAt.CHECKPOINT, TestAgent.StopAt.CAPTURE, TestAgent.StopAt.PROCEED)) {
            try (TestAgent a = agent("a", TestAgent.StopAt.NEVER);
                    RawAgent dying = new RawAgent(step)) {
                CheckpointResult result = checkpoint(CheckpointMode.WAIT).get(10, TimeUnit.SECONDS);
                assertThat(((CheckpointResult.Failed) result).reasons())
                        .as("death at %s", step)
                        .singleElement()
                        .asString()
                        .contains("raw", "died");
                a.awaitHeard("abort");
            }
            awaitMembers(0);
        }
    }

    @Test
    void aSilentAgentFailsTheRoundAfterItsLimit() throws Exception {
        for (TestAgent.StopAt step : List.of(
                TestAgent.StopAt.CHECKPOINT,
                TestAgent.StopAt.CAPTURE,
                TestAgent.StopAt.PROCEED,
                TestAgent.StopAt.COMMIT)) {
            try (TestAgent a = agent("a", TestAgent.StopAt.NEVER);
                    TestAgent slow = agent("slow", step)) {
                CheckpointResult result = checkpoint(CheckpointMode.WAIT).get(10, TimeUnit.SECONDS);
                assertThat(((CheckpointResult.Failed) result).reasons())
                        .as("silence at %s", step)
                        .singleElement()
                        .asString()
                        .contains("slow", "no sign of life");
                a.awaitHeard(step == TestAgent.StopAt.COMMIT ? "commit" : "abort");
                slow.awaitHeard(step == TestAgent.StopAt.COMMIT ? "commit" : "abort");
            }
            awaitMembers(0);
        }
    }

    @Test
    void refusalReachesTheCommand() throws Exception {
        try (TestAgent a = agent("a", TestAgent.StopAt.CAPTURE)) {
            CompletableFuture<CheckpointResult> result = checkpoint(CheckpointMode.WAIT);
            a.awaitHeard("suspended");
            a.connection().reportRefused(1, "fd 3 (io_uring) cannot be saved");
            assertThat(((CheckpointResult.Refused) result.get(5, TimeUnit.SECONDS))
                            .reasons()
                            .getFirst())
                    .contains("io_uring");
        }
    }

    @Test
    void killAfterCheckpointAndKill() throws Exception {
        try (TestAgent a = agent("a", TestAgent.StopAt.NEVER)) {
            assertThat(client.checkpoint(CheckpointMode.KILL)).isInstanceOf(CheckpointResult.Committed.class);
            a.awaitHeard("kill");
            assertThat(client.checkpoint(CheckpointMode.START)).isInstanceOf(CheckpointResult.NoMembers.class);
        }
        try (TestAgent b = agent("b", TestAgent.StopAt.NEVER)) {
            assertThat(client.kill(false)).isEqualTo(new KillResult(1, List.of()));
            b.awaitHeard("kill");
        }
    }

    @Test
    void sharedValuesAndLeaderElection() throws Exception {
        try (TestAgent a = agent("a", TestAgent.StopAt.NEVER);
                TestAgent b = agent("b", TestAgent.StopAt.NEVER)) {
            SharedValues values = a.connection().values();
            assertThat(values.update(ValueOperator.INCRBY, "leaders", "pipe", 1))
                    .isEqualTo(1);
            assertThat(b.connection().values().update(ValueOperator.INCRBY, "leaders", "pipe", 1))
                    .isEqualTo(2);
            values.set("d", "text", "x".getBytes(StandardCharsets.UTF_8));
            assertThat(b.connection().values().get("d", "text")).hasValue(new byte[] {'x'});
            assertThat(values.get("d", "nothing")).isEmpty();
            assertThatThrownBy(() -> values.update(ValueOperator.MAX, "d", "text", 1))
                    .hasMessageContaining("not a decimal number");
        }
    }

    @Test
    void aStrangerGetsNowhere() throws Exception {
        Secret other = new Secret(SessionProof.nonce());
        assertThatThrownBy(() -> CommandClient.connect(CoordinatorAddress.local(server.port()), other))
                .isInstanceOfSatisfying(
                        CoordinatorException.class,
                        e -> assertThat(e.kind()).isEqualTo(CoordinatorException.Kind.AUTHENTICATION));
        try (CoordinatorServer squatter = CoordinatorServer.start(ServerSettings.local(0, other))) {
            assertThatThrownBy(() -> CommandClient.connect(CoordinatorAddress.local(squatter.port()), secret))
                    .hasMessageContaining("does not know this user's secret");
        }
    }

    @Test
    void callsWithoutAProofAreRefused() {
        SessionProof.Server proofs = new SessionProof.Server(secret, 1);
        byte[] c = SessionProof.nonce();
        byte[] token = SessionProof.token(secret, 1, c, proofs.serverNonce(c));
        assertThat(proofs.accepts(token)).isTrue();
        assertThat(new SessionProof.Server(secret, 1).accepts(token))
                .as("another start of the server")
                .isFalse();
        assertThat(new SessionProof.Server(secret, 2).accepts(token))
                .as("another port")
                .isFalse();
        token[95] ^= 1;
        assertThat(proofs.accepts(token)).isFalse();
        assertThat(proofs.accepts(new byte[0])).isFalse();
    }

    @Test
    void garbageOnThePortDisturbsNobody() throws Exception {
        try (TestAgent a = agent("a", TestAgent.StopAt.NEVER)) {
            for (int i = 0; i < 20; i++) {
                try (Socket socket = new Socket(ServerSettings.loopback(), server.port());
                        OutputStream out = socket.getOutputStream()) {
                    out.write(SessionProof.nonce());
                    out.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // the server may hang up first
                }
            }
            assertThat(client.checkpoint(CheckpointMode.WAIT)).isInstanceOf(CheckpointResult.Committed.class);
            assertThat(a.connection().connected()).isTrue();
        }
    }

    @Test
    void aUsedPortIsSaidSo() {
        assertThatThrownBy(() -> CoordinatorServer.start(settings(server.port())))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("port " + server.port());
    }

    @Test
    void anAgentOutlivesItsCoordinatorAndComesBack() throws Exception {
        int port = server.port();
        try (TestAgent a = agent("a", TestAgent.StopAt.CAPTURE)) {
            String computation = a.connection().computationId();
            assertThat(client.checkpoint(CheckpointMode.START)).isInstanceOf(CheckpointResult.Started.class);
            a.awaitHeard("suspended");
            server.close();
            a.awaitHeard("abort");
            a.awaitHeard("disconnected");
            client.close();
            server = CoordinatorServer.start(settings(port));
            client = CommandClient.connect(CoordinatorAddress.local(port), secret);
            awaitMembers(1);
            assertThat(client.status().computation().computationId()).isEqualTo(computation);
        }
    }

    @Test
    void noCoordinatorIsUnreachable() {
        int port = server.port();
        server.close();
        assertThatThrownBy(() -> CommandClient.connect(CoordinatorAddress.local(port), secret))
                .isInstanceOfSatisfying(
                        CoordinatorException.class,
                        e -> assertThat(e.kind()).isEqualTo(CoordinatorException.Kind.UNREACHABLE))
                .hasMessageContaining("no coordinator listens");
    }

    private void awaitMembers(int count) throws CoordinatorException {
        while (client.status().computation().members().size() != count) {
            Thread.onSpinWait(); // each turn is a round trip; the test's timeout bounds it
        }
    }

    /** An agent whose connection breaks without a goodbye when it hears the order of a step. */
    private final class RawAgent implements AutoCloseable, StreamObserver<ToAgent> {
        private final TestAgent.StopAt dieAt;
        private final CoordinatorChannel channel;
        private final StreamObserver<FromAgent> out;
        private final CompletableFuture<Void> welcome = new CompletableFuture<>();

        RawAgent(TestAgent.StopAt dieAt) throws Exception {
            this.dieAt = dieAt;
            channel = CoordinatorChannel.open(CoordinatorAddress.local(server.port()), secret, Duration.ofSeconds(5));
            out = AgentsGrpc.newStub(channel.channel()).connect(this);
            out.onNext(FromAgent.newBuilder()
                    .setJoin(Join.newBuilder().setAgentId("raw-" + dieAt).setProgram("raw"))
                    .build());
            welcome.get(5, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(ToAgent m) {
            if (m.hasWelcome()) {
                welcome.complete(null);
            } else if (m.hasCheckpoint() && dieAt != TestAgent.StopAt.CHECKPOINT) {
                long round = m.getCheckpoint().getRound();
                out.onNext(FromAgent.newBuilder()
                        .setSuspended(Suspended.newBuilder().setRound(round))
                        .build());
                out.onNext(FromAgent.newBuilder()
                        .setBarrierReached(
                                BarrierReached.newBuilder().setRound(round).setName("suspended"))
                        .build());
            } else if (m.hasBarrierReleased() && dieAt != TestAgent.StopAt.CAPTURE) {
                out.onNext(FromAgent.newBuilder()
                        .setCaptured(Captured.newBuilder()
                                .setRound(m.getBarrierReleased().getRound()))
                        .build());
            } else if (!m.hasListProcesses() && !m.hasAbort()) {
                channel.close();
            }
        }

        @Override
        public void onError(Throwable t) {
            welcome.completeExceptionally(t);
        }

        @Override
        public void onCompleted() {
            welcome.complete(null);
        }

        @Override
        public void close() {
            channel.close();
        }
    }
}
