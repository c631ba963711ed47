package org.jdmtcp.coordinator.agent;

import java.util.List;
import java.util.Optional;
import org.jdmtcp.coordinator.CheckpointImage;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.Trace;

/**
 * What the coordinator wants from an agent.
 *
 * <p>All methods but {@link #onListProcesses} and {@link #onTellTrace} are called on one thread, {@code jdmtcp-coordinator-events}, one after the other in
 * the order in which the coordinator spoke. They may block (a whole checkpoint may run inside {@link #onCheckpoint}): the waits of
 * {@link AgentConnection#await} end from another thread. What they throw is logged and, for a round, reported as its failure.
 *
 * <p>A round is: onCheckpoint; the agent reports suspended, then captured or refused; onProceed; it reports written; onCommit; it
 * reports committed. {@link #onAbort} may come at any point before onCommit and ends the round.
 */
public interface AgentListener {
    /** Take a checkpoint. */
    void onCheckpoint(CheckpointOrder order);

    /** Every agent has captured: let the programs go on and write the images under temporary names. */
    void onProceed(long round);

    /** Every image is durable: give the images their final names, then report committed. */
    void onCommit(CheckpointCommit commit);

    /** The round is over: let the programs go on, remove what was written. Idempotent; may come for a round already aborted here. */
    void onAbort(long round, String reason);

    /** Kill all processes of this agent. The agent closes its connection when they are gone. */
    void onKill();

    /**
     * The processes of this agent, now. Called on a thread of its own, {@code jdmtcp-coordinator-list}, also in the middle of a
     * checkpoint; must answer within a second.
     */
    List<ProcessInfo> onListProcesses();

    /** How the last checkpoint or restart went, or goes; empty before the first. Called as {@link #onListProcesses} is. */
    default Optional<Trace> onTellTrace() {
        return Optional.empty();
    }

    /** The coordinator is gone. A round that was not committed has been aborted before. The connection comes back by itself. */
    void onDisconnected();

    /**
     * The commit of a round.
     *
     * @param round the round
     * @param images the images of all agents, for the restart script
     */
    record CheckpointCommit(long round, List<CheckpointImage> images) {
        public CheckpointCommit {
            images = List.copyOf(images);
        }
    }
}
