package org.jdmtcp.coordinator.agent;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.CoordinatorException.Kind;
import org.jdmtcp.coordinator.auth.Secret;
import org.jdmtcp.coordinator.client.CoordinatorChannel;
import org.jdmtcp.coordinator.proto.FromAgent;
import org.jdmtcp.coordinator.proto.Join;
import org.jdmtcp.coordinator.proto.ToAgent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection over gRPC: a session at a time, and a thread that makes a new one while there is none. */
final class GrpcAgentConnection implements AgentConnection, AgentSession.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcAgentConnection.class);
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LAST_PAUSE_MS = 10_000;

    private final CoordinatorAddress address;
    private final Secret secret;
    private final AgentHello hello;
    private final AgentListener listener;
    private final String agentId;
    private final AgentRounds rounds = new AgentRounds();
    private final AgentEvents events = new AgentEvents();

    private @Nullable AgentSession session;
    private boolean closed;
    private String computationId = "";
    private long generation;
    private String checkpointDirectory = "";

    private GrpcAgentConnection(CoordinatorAddress address, Secret secret, AgentHello hello, AgentListener listener) {
        this.address = address;
        this.secret = secret;
        this.hello = hello;
        this.listener = listener;
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        this.agentId = hello.host() + "-" + hello.pid() + "-" + HexFormat.of().formatHex(random);
        hello.restarted().ifPresent(from -> {
            computationId = from.computationId();
            generation = from.generation();
        });
    }

    static GrpcAgentConnection open(CoordinatorAddress address, Secret secret, AgentHello hello, AgentListener listener)
            throws CoordinatorException {
        GrpcAgentConnection connection = new GrpcAgentConnection(address, secret, hello, listener);
        try {
            connection.connectOnce();
            return connection;
        } catch (CoordinatorException e) {
            connection.events.close();
            throw e;
        }
    }

    private void connectOnce() throws CoordinatorException {
        AgentSession made = AgentSession.open(address, secret, join());
        if (adopt(made)) {
            made.listen(this);
        } else {
            made.close();
        }
    }

    private synchronized boolean adopt(AgentSession made) {
        if (!closed) {
            session = made;
            computationId = made.welcome().getComputationId();
            generation = Math.max(generation, made.welcome().getGeneration());
            checkpointDirectory = made.welcome().getCheckpointDirectory();
        }
        return !closed;
    }

    private synchronized Join join() {
        return Join.newBuilder()
                .setAgentId(agentId)
                .setHost(hello.host())
                .setPid(hello.pid())
                .setProgram(hello.program())
                .setBootId(hello.bootId())
                .setComputationId(computationId)
                .setGeneration(generation)
                .build();
    }

    @Override
    public void received(AgentSession from, ToAgent message) {
        switch (message.getMessageCase()) {
            case CHECKPOINT -> {
                CheckpointOrder order = AgentMessages.order(message.getCheckpoint());
                rounds.begin(order);
                post(order.round(), l -> l.onCheckpoint(order));
            }
            case PROCEED -> {
                long round = message.getProceed().getRound();
                post(round, l -> l.onProceed(round));
            }
            case COMMIT -> {
                AgentListener.CheckpointCommit commit = AgentMessages.commit(message.getCommit());
                raiseGeneration(rounds.commit(commit.round()));
                post(commit.round(), l -> l.onCommit(commit));
            }
            case ABORT -> {
                long round = message.getAbort().getRound();
                String reason = message.getAbort().getReason();
                rounds.abort(round, reason);
                events.post(() -> listener.onAbort(round, reason), e -> {});
            }
            case KILL -> events.post(listener::onKill, e -> {});
            case BARRIER_RELEASED ->
                rounds.released(
                        message.getBarrierReleased().getRound(),
                        message.getBarrierReleased().getName());
            case LIST_PROCESSES -> {
                long request = message.getListProcesses().getRequest();
                events.postList(() -> from.send(AgentMessages.processes(request, listener.onListProcesses())));
            }
            case TELL_TRACE -> {
                long request = message.getTellTrace().getRequest();
                events.postList(() -> from.send(AgentMessages.trace(request, listener.onTellTrace())));
            }
            case WELCOME, REJECTED, MESSAGE_NOT_SET -> LOG.debug("ignored {}", message.getMessageCase());
        }
    }

    private synchronized void raiseGeneration(long committed) {
        generation = Math.max(generation, committed);
    }

    private void post(long round, Consumer<AgentListener> call) {
        events.post(
                () -> {
                    if (rounds.isCurrent(round)) { // an order overtaken by an abort is void
                        call.accept(listener);
                    }
                },
                e -> reportFailed(round, String.valueOf(e.getMessage() == null ? e : e.getMessage())));
    }

    @Override
    public void lost(AgentSession lostSession, String why) {
        boolean again;
        synchronized (this) {
            session = null;
            again = !closed;
        }
        long aborted = rounds.disconnected(why);
        if (again) {
            if (aborted != 0) {
                events.post(() -> listener.onAbort(aborted, why), e -> {});
            }
            events.post(listener::onDisconnected, e -> {});
            Thread.ofPlatform().name("jdmtcp-coordinator-reconnect").daemon().start(() -> reconnect(lostSession));
        }
    }

    /** Tries again and again, at growing distances, until it succeeds or the connection is closed. */
    private void reconnect(AgentSession lostSession) {
        lostSession.channel().close();
        long pause = FIRST_PAUSE_MS;
        try {
            while (pauseUnlessClosed(pause)) {
                try {
                    connectOnce();
                    return;
                } catch (CoordinatorException e) {
                    LOG.debug("not yet connected again", e);
                    pause = e.kind() == Kind.UNREACHABLE ? Math.min(2 * pause, LAST_PAUSE_MS) : LAST_PAUSE_MS;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean pauseUnlessClosed(long milliseconds) throws InterruptedException {
        long end = System.nanoTime() + milliseconds * 1_000_000;
        long rest = milliseconds;
        while (!closed && rest > 0) {
            wait(rest);
            rest = (end - System.nanoTime() + 999_999) / 1_000_000;
        }
        return !closed;
    }

    private void report(long round, FromAgent message) {
        if (rounds.isCurrent(round)) {
            send(message);
        }
    }

    private void send(FromAgent message) {
        AgentSession current;
        synchronized (this) {
            current = session;
        }
        if (current != null) {
            current.send(message);
        }
    }

    @Override
    public synchronized String computationId() {
        return computationId;
    }

    @Override
    public String agentId() {
        return agentId;
    }

    @Override
    public synchronized long generation() {
        return generation;
    }

    @Override
    public synchronized Optional<Path> defaultCheckpointDirectory() {
        return checkpointDirectory.isEmpty() ? Optional.empty() : Optional.of(Path.of(checkpointDirectory));
    }

    @Override
    public synchronized boolean connected() {
        return session != null;
    }

    @Override
    public void await(long round, String barrier, Duration timeout) throws RoundAbortedException, InterruptedException {
        rounds.await(
                round,
                barrier,
                timeout,
                () -> report(round, AgentMessages.barrierReached(round, barrier)),
                why -> reportFailed(round, why));
    }

    @Override
    public void reportSuspended(long round) {
        report(round, AgentMessages.suspended(round));
    }

    @Override
    public void reportCaptured(long round) {
        report(round, AgentMessages.captured(round));
    }

    @Override
    public void reportRefused(long round, String reason) {
        report(round, AgentMessages.refused(round, reason));
    }

    @Override
    public void reportWritten(long round, List<WrittenImage> images) {
        report(round, AgentMessages.written(round, agentId, hello.host(), images));
    }

    @Override
    public void reportProgress(long round, long bytes) {
        report(round, AgentMessages.progress(round, bytes));
    }

    @Override
    public void reportCommitted(long round) {
        report(round, AgentMessages.committed(round));
        rounds.committed(round);
    }

    @Override
    public void reportFailed(long round, String reason) {
        report(round, AgentMessages.failed(round, reason));
    }

    @Override
    public void setInterval(long seconds) {
        send(AgentMessages.interval(seconds));
    }

    @Override
    public SharedValues values() {
        return values(0);
    }

    @Override
    public SharedValues values(long round) {
        return new GrpcSharedValues(this::channel, round);
    }

    private synchronized CoordinatorChannel channel() throws CoordinatorException {
        if (session == null) {
            throw new CoordinatorException(
                    Kind.UNREACHABLE, "the coordinator at " + address + " is gone at the moment");
        }
        return session.channel();
    }

    @Override
    public void close() {
        AgentSession last;
        synchronized (this) {
            closed = true;
            last = session;
            notifyAll();
        }
        if (last != null) {
            last.close();
        }
        events.close();
    }
}
