package org.jdmtcp.coordinator.command;

/** How long a request for a checkpoint waits. */
public enum CheckpointMode {
    /** Until the checkpoint has begun. */
    START,
    /** Until the images are safe. */
    WAIT,
    /** Until the images are safe and the processes killed. */
    KILL
}
