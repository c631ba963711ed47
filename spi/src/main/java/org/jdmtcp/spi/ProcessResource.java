package org.jdmtcp.spi;

/** State of a process that the engine looks for itself where no plugin restores it, and refuses by name when it is there. */
public enum ProcessResource {
    /** {@code alarm(2)} and the three timers of {@code setitimer(2)}. */
    INTERVAL_TIMERS,
    /**
     * {@code timer_create(2)}, and their expirations that are waiting as signals (SI_TIMER): the engine does not queue
     * those.
     */
    POSIX_TIMERS
}
