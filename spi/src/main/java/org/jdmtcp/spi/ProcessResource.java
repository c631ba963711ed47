package org.jdmtcp.spi;

/** State of a process that the engine looks for itself where no plugin restores it, and refuses by name when it is there. */
public enum ProcessResource {
    /** {@code alarm(2)} and the three timers of {@code setitimer(2)}. */
    INTERVAL_TIMERS,
    /**
     * {@code timer_create(2)}, and their expirations that are waiting as signals (SI_TIMER): the engine does not queue
     * those.
     */
    POSIX_TIMERS,
    /** Locks and leases of {@code fcntl(2)} and {@code flock(2)}. */
    FILE_LOCKS,
    /** Who gets the signals of an open file, and which: {@code F_SETOWN}, {@code F_SETSIG}, {@code O_ASYNC}. */
    FILE_OWNERS
}
