package org.jdmtcp.tools.agent;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.Trace;
import org.jdmtcp.coordinator.agent.AgentConnection;
import org.jdmtcp.coordinator.agent.AgentListener;
import org.jdmtcp.coordinator.agent.CheckpointOrder;
import org.jdmtcp.core.agent.Agent;
import org.jdmtcp.core.checkpoint.CheckpointOptions;
import org.jdmtcp.core.checkpoint.CheckpointResult;
import org.jdmtcp.core.checkpoint.RoundAbortedException;
import org.jdmtcp.spi.Refusal;

/** Does what the coordinator orders. A checkpoint runs on a thread of its own, so that the next orders are heard. */
final class Rounds implements AgentListener {
    private static final long SIGN_OF_LIFE_SECONDS = 5;
    private static final long LAST_ROUND_SECONDS = 60;

    private final Agent agent;
    private final Directories directories;
    private final ImageOptions.Settings settings;
    private final Voice voice;
    private final CompletableFuture<AgentConnection> connection = new CompletableFuture<>();
    private final ScheduledExecutorService signsOfLife = Executors.newSingleThreadScheduledExecutor(body ->
            Thread.ofPlatform().name("jdmtcp-signs-of-life").daemon(true).unstarted(body));
    private Optional<RoundCoordination> round = Optional.empty();
    private CompletableFuture<Boolean> idle = CompletableFuture.completedFuture(true);
    private CompletableFuture<Boolean> killed = CompletableFuture.completedFuture(true);

    Rounds(final Agent agent, final Directories directories, final ImageOptions.Settings settings, final Voice voice) {
        this.agent = agent;
        this.directories = directories;
        this.settings = settings;
        this.voice = voice;
        signsOfLife.scheduleAtFixedRate(
                () -> current().ifPresent(RoundCoordination::tick),
                SIGN_OF_LIFE_SECONDS,
                SIGN_OF_LIFE_SECONDS,
                TimeUnit.SECONDS);
    }

    /** Orders come by this one; they may come before this is called, and wait until then. */
    void connected(final AgentConnection made) {
        connection.complete(made);
    }

    private synchronized Optional<RoundCoordination> current() {
        return round;
    }

    private Optional<RoundCoordination> current(final long number) {
        return current().filter(r -> r.order().round() == number);
    }

    @Override
    public void onCheckpoint(final CheckpointOrder order) {
        final RoundCoordination coordination = new RoundCoordination(connection.join(), order);
        final CompletableFuture<Boolean> before;
        final CompletableFuture<Boolean> done = new CompletableFuture<>();
        synchronized (this) {
            before = idle;
            round = Optional.of(coordination);
            idle = done;
        }
        Thread.ofPlatform().name("jdmtcp-checkpoint").daemon(true).start(() -> {
            try {
                before.join();
                checkpoint(coordination);
            } finally {
                synchronized (this) {
                    round = round.filter(r -> r != coordination);
                }
                done.complete(true);
            }
        });
    }

    private void checkpoint(final RoundCoordination coordination) {
        final AgentConnection coordinator = connection.join();
        final long number = coordination.order().round();
        try {
            final CheckpointResult result = agent.checkpoint(options(coordination.order(), coordinator), coordination);
            RestartScript.write(result.images(), coordination.committed(), directories.host());
            coordinator.reportCommitted(number);
        } catch (final Refusal e) {
            coordinator.reportRefused(number, message(e));
        } catch (final RoundAbortedException e) {
            coordinator.reportFailed(
                    number, message(e)); // where this agent gave up; otherwise the round is over already
        } catch (final RuntimeException e) {
            voice.warn("the checkpoint failed, the program goes on: " + message(e));
            coordinator.reportFailed(number, message(e));
        }
    }

    private static String message(final Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private CheckpointOptions options(final CheckpointOrder order, final AgentConnection coordinator) {
        return new CheckpointOptions(
                settings.directory().or(coordinator::defaultCheckpointDirectory).orElse(directories.current()),
                settings.codec(),
                settings.forked(),
                coordinator.computationId(),
                Math.toIntExact(order.generation()),
                settings.uniqueNames(),
                settings.openFiles());
    }

    @Override
    public void onProceed(final long number) {
        current(number).ifPresent(RoundCoordination::onProceed);
    }

    @Override
    public void onCommit(final CheckpointCommit commit) {
        current(commit.round()).ifPresent(r -> r.onCommit(commit.images()));
    }

    @Override
    public void onAbort(final long number, final String reason) {
        current(number).ifPresent(r -> r.onAbort(reason));
    }

    @Override
    public void onKill() {
        final CompletableFuture<Boolean> done = new CompletableFuture<>();
        synchronized (this) {
            killed = done;
        }
        Thread.ofPlatform().name("jdmtcp-kill").daemon(true).start(() -> {
            try {
                if (!agent.killAll()) {
                    voice.warn("not all processes could be killed; see ps for those in state D");
                }
            } finally {
                done.complete(true);
            }
        });
    }

    @Override
    public List<ProcessInfo> onListProcesses() {
        return agent.members().stream()
                .map(member -> new ProcessInfo(member.ownPid(), member.pid(), member.program(), member.state()))
                .toList();
    }

    @Override
    public Optional<Trace> onTellTrace() {
        return agent.timeline().map(timeline -> Traces.trace(timeline.report()));
    }

    @Override
    public void onDisconnected() {
        voice.info("the coordinator is gone; the program goes on, and joins it again when it is back");
    }

    /** Lets a kill that has begun finish, and a checkpoint whose programs are no longer needed. Bounded. */
    void settle() {
        final CompletableFuture<Boolean> killing;
        final CompletableFuture<Boolean> writing;
        synchronized (this) {
            killing = killed;
            writing = round.filter(RoundCoordination::isCaptured).isPresent()
                    ? idle
                    : CompletableFuture.completedFuture(true);
        }
        try {
            CompletableFuture.allOf(killing, writing).get(LAST_ROUND_SECONDS, TimeUnit.SECONDS);
        } catch (final TimeoutException | ExecutionException e) {
            voice.warn("a checkpoint that was being written is given up: " + e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
