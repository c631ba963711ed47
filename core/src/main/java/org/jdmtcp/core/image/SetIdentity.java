package org.jdmtcp.core.image;

import java.util.List;

/**
 * Which checkpoint an image belongs to.
 *
 * @param computation id of the computation, the same over all its checkpoints
 * @param generation number of the checkpoint
 * @param members file names (no directories) of all the images that are committed together
 */
public record SetIdentity(String computation, long generation, List<String> members) {
    /** The section of an image that holds it. */
    static final String SECTION = "set";

    public SetIdentity {
        members = List.copyOf(members);
    }

    /** Whether both are the same checkpoint of the same computation. */
    public boolean sameCheckpoint(final SetIdentity other) {
        return generation == other.generation && computation.equals(other.computation);
    }
}
