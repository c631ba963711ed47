package org.jdmtcp.tools.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jdmtcp.coordinator.CheckpointImage;
import org.jdmtcp.coordinator.agent.AgentConnection;
import org.jdmtcp.coordinator.agent.CheckpointOrder;
import org.jdmtcp.coordinator.agent.WrittenImage;
import org.jdmtcp.core.checkpoint.Coordination;
import org.jdmtcp.core.checkpoint.RoundAbortedException;

/**
 * One round of the coordinator, as the engine meets it. The waits end with the coordinator's word, or with the round: the
 * coordinator bounds each phase, and the loss of the connection aborts the round too.
 */
final class RoundCoordination implements Coordination {
    private static final Duration BARRIER = Duration.ofSeconds(60);

    private final AgentConnection connection;
    private final CheckpointOrder order;
    private final CompletableFuture<Boolean> proceed = new CompletableFuture<>();
    private final CompletableFuture<List<CheckpointImage>> commit = new CompletableFuture<>();
    private volatile long bytes;
    private boolean caughtUp;
    private volatile boolean isCaptured;

    RoundCoordination(final AgentConnection connection, final CheckpointOrder order) {
        this.connection = connection;
        this.order = order;
    }

    CheckpointOrder order() {
        return order;
    }

    // The programs stand still: nobody is asked who can only agree. That the round is given up shows before the commit.
    private boolean isAlone() {
        return order.members() == 1;
    }

    /** Whether the round is past the point up to which it needs the programs. */
    boolean isCaptured() {
        return isCaptured;
    }

    /** The images of all agents, once the commit was ordered. */
    List<CheckpointImage> committed() {
        return commit.getNow(List.of());
    }

    void onProceed() {
        proceed.complete(true);
    }

    void onCommit(final List<CheckpointImage> images) {
        commit.complete(images);
    }

    void onAbort(final String reason) {
        proceed.completeExceptionally(new RoundAbortedException(reason));
        commit.completeExceptionally(new RoundAbortedException(reason));
    }

    /** A sign of life. */
    void tick() {
        connection.reportProgress(order.round(), bytes);
    }

    @Override
    public void suspended() {
        if (!isAlone()) {
            connection.reportSuspended(order.round());
            barrier("suspended");
        }
    }

    @Override
    public void barrier(final String name) {
        if (isAlone()) {
            return;
        }
        try {
            connection.await(order.round(), name, BARRIER);
        } catch (final org.jdmtcp.coordinator.agent.RoundAbortedException e) {
            throw new RoundAbortedException(String.valueOf(e.getMessage()));
        } catch (final InterruptedException e) {
            throw interrupted();
        }
    }

    @Override
    public void captured() {
        if (!isAlone()) {
            connection.reportCaptured(order.round());
            await(proceed);
        }
        isCaptured = true;
    }

    // What a lone agent has kept to itself during the pause. Nothing else may be reported before it.
    private synchronized void catchUp() {
        if (isAlone() && !caughtUp) {
            caughtUp = true;
            connection.reportSuspended(order.round());
            connection.reportCaptured(order.round());
        }
    }

    @Override
    public void progress(final long written) {
        bytes = written;
        catchUp();
        connection.reportProgress(order.round(), written);
    }

    @Override
    public void written(final List<Path> images, final long total) {
        // The engine tells the sum; it stands with the first image, since only sums are shown.
        final List<WrittenImage> all = new ArrayList<>();
        for (final Path image : images) {
            all.add(new WrittenImage(image.toAbsolutePath().toString(), all.isEmpty() ? total : 0));
        }
        catchUp();
        connection.reportWritten(order.round(), all);
        await(commit);
    }

    private static void await(final CompletableFuture<?> word) {
        try {
            word.get();
        } catch (final InterruptedException e) {
            throw interrupted();
        } catch (final ExecutionException e) {
            throw e.getCause() instanceof RoundAbortedException aborted
                    ? aborted
                    : new RoundAbortedException(String.valueOf(e.getCause()));
        }
    }

    private static RoundAbortedException interrupted() {
        Thread.currentThread().interrupt();
        return new RoundAbortedException("the agent was interrupted");
    }
}
