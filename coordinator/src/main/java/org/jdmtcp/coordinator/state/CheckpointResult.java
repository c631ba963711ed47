package org.jdmtcp.coordinator.state;

import java.util.List;
import org.jdmtcp.coordinator.CheckpointImage;

/** What became of a request for a checkpoint. */
public sealed interface CheckpointResult {
    /** The round has begun; whoever asked does not wait for its end. */
    record Started(long generation) implements CheckpointResult {}

    /**
     * The checkpoint exists.
     *
     * @param notGone who had not ended within the bound where the request was to kill, described for people
     */
    record Committed(long generation, List<CheckpointImage> images, List<String> notGone) implements CheckpointResult {
        public Committed {
            images = List.copyOf(images);
            notGone = List.copyOf(notGone);
        }
    }

    /** Another round is going on. */
    record AlreadyRunning() implements CheckpointResult {}

    /** There is no program to checkpoint, or all ended before they were captured. */
    record NoMembers() implements CheckpointResult {}

    /** Something cannot be saved; the programs go on, the previous checkpoint is the valid one. */
    record Refused(List<String> reasons) implements CheckpointResult {
        public Refused {
            reasons = List.copyOf(reasons);
        }
    }

    /** An agent failed, died or fell silent. */
    record Failed(List<String> reasons) implements CheckpointResult {
        public Failed {
            reasons = List.copyOf(reasons);
        }
    }
}
