package org.jdmtcp.coordinator.state;

import java.util.List;
import org.jdmtcp.coordinator.CheckpointImage;

/** What the coordinator tells an agent. */
public sealed interface Order {
    /** Take a checkpoint; {@code members} agents take part. */
    record Checkpoint(long round, long generation, boolean killAfter, int members) implements Order {}

    /** All have captured: let the programs go on, write. */
    record Proceed(long round) implements Order {}

    /** The round is over without a checkpoint. */
    record Abort(long round, String reason) implements Order {}

    /** All images are durable: give them their names. {@code images} are those of all agents. */
    record Commit(long round, List<CheckpointImage> images) implements Order {
        public Commit {
            images = List.copyOf(images);
        }
    }

    /** Kill the processes and leave. */
    record Kill() implements Order {}

    /** Everybody is at the barrier. */
    record BarrierReleased(long round, String barrier) implements Order {}

    /** Tell how the last checkpoint or restart went. */
    record TellTrace(long request) implements Order {}

    /** Tell the processes. */
    record ListProcesses(long request) implements Order {}
}
