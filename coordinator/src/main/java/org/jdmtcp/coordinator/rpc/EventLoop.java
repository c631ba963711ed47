package org.jdmtcp.coordinator.rpc;

import com.google.common.base.Ticker;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdmtcp.coordinator.state.Computation;
import org.jdmtcp.coordinator.state.Lifetime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread, {@code jdmtcp-coordinator}, that touches the computation. It runs what is given to it in order, and sleeps until
 * the state machines have something to do.
 */
final class EventLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    private final ScheduledThreadPoolExecutor thread;
    private final Computation computation;
    private final Lifetime lifetime;
    private final CompletableFuture<String> over = new CompletableFuture<>();
    private volatile CoordinatorServer.Place place = new CoordinatorServer.Place("", 0);
    private @Nullable Future<?> alarm;

    EventLoop(Computation computation, Lifetime.Rules rules) {
        this.computation = computation;
        this.lifetime = new Lifetime(Ticker.systemTicker(), rules);
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                body -> Thread.ofPlatform().name("jdmtcp-coordinator").daemon().unstarted(body));
        thread.setRemoveOnCancelPolicy(true);
        execute(c -> {});
    }

    /** Runs the action on the loop's thread, soon. After {@link #close} nothing is run any more. */
    void execute(Consumer<Computation> action) {
        try {
            thread.execute(() -> run(action));
        } catch (RejectedExecutionException e) {
            LOG.debug("dropped: the coordinator has ended", e);
        }
    }

    /** Completed, with the reason, when it is time for the coordinator to end. */
    CompletableFuture<String> over() {
        return over;
    }

    /** As it was after the last action. For any thread. */
    CoordinatorServer.Place place() {
        return place;
    }

    private void run(Consumer<Computation> action) {
        try {
            action.accept(computation);
        } catch (RuntimeException e) {
            LOG.error("an event could not be dealt with", e);
        }
        place = new CoordinatorServer.Place(computation.id(), computation.currentGeneration());
        lifetime.members(computation.memberCount());
        Optional<String> reason = computation.owesAnswers() ? Optional.empty() : lifetime.over();
        reason.ifPresent(over::complete);
        setAlarm();
    }

    private void setAlarm() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
        OptionalLong pause = Stream.of(computation.pause(), over.isDone() ? OptionalLong.empty() : lifetime.pause())
                .flatMapToLong(OptionalLong::stream)
                .min();
        if (pause.isPresent() && !thread.isShutdown()) {
            alarm = thread.schedule(() -> run(Computation::tick), pause.getAsLong(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
