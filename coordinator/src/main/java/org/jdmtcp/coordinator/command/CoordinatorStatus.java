package org.jdmtcp.coordinator.command;

import java.nio.file.Path;
import java.util.Optional;
import org.jdmtcp.coordinator.state.ComputationStatus;

/**
 * A coordinator and its computation.
 *
 * @param pid of the coordinator, on its host
 * @param checkpointDirectory told to agents that have none of their own
 */
public record CoordinatorStatus(ComputationStatus computation, long pid, Optional<Path> checkpointDirectory) {
    /** How many processes there are in the whole computation. */
    public int processCount() {
        return computation.members().stream()
                .mapToInt(m -> m.processes().size())
                .sum();
    }
}
