package org.jdmtcp.core.checkpoint;

import org.jdmtcp.core.freeze.FrozenTree;

/**
 * The numbers by which images name open files, mapped objects and contents. One restart may bring back what several agents have
 * checkpointed, so they differ between the agents of a computation: they begin with the pid of the agent's first process.
 */
final class ResourceIds {
    /** Open files and their contents. */
    static final int OPEN_FILES = 0;
    /** 1 to 3 are a restart's own. */
    static final int MAPPED_OBJECTS = 4;
    /** Contents that belong to the host's state. */
    static final int HOST = 5;
    /** Contents of queues. */
    static final int QUEUES = 6;

    private static final int PID_SHIFT = 36;
    private static final int KIND_SHIFT = 32;

    private ResourceIds() {}

    /** The first number of a kind; those that follow are the agent's, too. */
    static long first(final FrozenTree tree, final int kind) {
        return (long) tree.processes().getFirst().ownPid() << PID_SHIFT | (long) kind << KIND_SHIFT;
    }
}
