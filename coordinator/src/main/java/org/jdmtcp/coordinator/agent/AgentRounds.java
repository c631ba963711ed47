package org.jdmtcp.coordinator.agent;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an agent knows of the round that is going on: whether it is still open, and who waits at which barrier. For any thread.
 *
 * <p>INVARIANT: every wait ends, by its barrier, by the round's end or by its own timeout.
 */
final class AgentRounds {
    private enum Phase {
        OPEN,
        COMMITTING,
        OVER
    }

    private @Nullable CheckpointOrder order;
    private Phase phase = Phase.OVER;
    private String reason = "no checkpoint is going on";
    private final Map<String, CompletableFuture<@Nullable Void>> waits = new HashMap<>();

    synchronized void begin(CheckpointOrder newOrder) {
        end("another checkpoint began");
        order = newOrder;
        phase = Phase.OPEN;
    }

    /** Whether reports for the round still matter. */
    synchronized boolean isCurrent(long round) {
        return phase != Phase.OVER && order != null && order.round() == round;
    }

    /** The commit was ordered: from now on the round can no longer be aborted. Returns its generation. */
    synchronized long commit(long round) {
        if (!isCurrent(round) || order == null) {
            return 0;
        }
        phase = Phase.COMMITTING;
        return order.generation();
    }

    /** Ends the round; its waits fail with the reason. */
    synchronized void abort(long round, String why) {
        if (isCurrent(round)) {
            end(why);
        }
    }

    synchronized void committed(long round) {
        if (isCurrent(round)) {
            end("the checkpoint is complete");
        }
    }

    /** The connection is gone. Returns the number of the round that this aborts, 0 for none. */
    synchronized long disconnected(String why) {
        long aborted = phase == Phase.OPEN && order != null ? order.round() : 0;
        end(why);
        return aborted;
    }

    synchronized void released(long round, String barrier) {
        if (isCurrent(round)) {
            CompletableFuture<@Nullable Void> wait = waits.remove(barrier);
            if (wait != null) {
                wait.complete(null);
            }
        }
    }

    private void end(String why) {
        phase = Phase.OVER;
        reason = why;
        long round = order == null ? 0 : order.round();
        waits.values().forEach(wait -> wait.completeExceptionally(new RoundAbortedException(round, why)));
        waits.clear();
    }

    /** Waits; {@code reached} tells the coordinator, {@code failed} that the time is over. */
    void await(long round, String barrier, Duration timeout, Runnable reached, Consumer<String> failed)
            throws RoundAbortedException, InterruptedException {
        CompletableFuture<@Nullable Void> wait = new CompletableFuture<>();
        synchronized (this) {
            if (!isCurrent(round) || order == null) {
                throw new RoundAbortedException(round, reason);
            }
            if (order.members() == 1) {
                return; // nobody to wait for: no round trip while the program stands still
            }
            if (waits.putIfAbsent(barrier, wait) != null) {
                throw new IllegalStateException("two threads of one agent wait at the barrier " + barrier);
            }
        }
        reached.run();
        try {
            wait.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            String why = "not every agent came to the barrier " + barrier + " within " + timeout.toMillis() + " ms";
            failed.accept(why);
            abort(round, why);
            throw new RoundAbortedException(round, why);
        } catch (ExecutionException e) {
            throw new RoundAbortedException(
                    round,
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()));
        }
    }
}
