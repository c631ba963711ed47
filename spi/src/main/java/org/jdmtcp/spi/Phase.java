package org.jdmtcp.spi;

/** The places in the two sequences where a plugin's barrier may stand. */
public enum Phase {
    /** Checkpoint: all processes are stopped and claimed; data in flight is still in the kernel. */
    DRAIN,
    /** Checkpoint: all that was drained is known; the last moment before the snapshot. */
    CAPTURE,
    /**
     * Checkpoint: the snapshot is taken; what was drained goes back before the programs run on. Also where the checkpoint was given
     * up since the processes were stopped, whether or not the phases before were reached.
     */
    REFILL,
    /** Restart: processes exist without descriptors; addresses and names may be published. */
    PUBLISH,
    /** Restart: every host has published; connections may be made. */
    CONNECT,
    /** Restart: processes are whole and still stopped. */
    RESTARTED;

    /** Whether plugins run in reverse order here. */
    public boolean isWayUp() {
        return this == REFILL || this == RESTARTED;
    }
}
