package org.jdmtcp.spi;

import org.jdmtcp.spi.linux.Fd;

/** What a plugin may ask for while it makes open files and state of processes again. Used on the engine's thread. */
public interface RestoreContext {
    /**
     * The stream that stands in for one of the program's standard streams: {@code dmtcp_restart}'s own.
     *
     * @param number 0, 1 or 2
     * @return a descriptor of the caller's
     * @throws Refusal where dmtcp_restart was started with that stream closed
     */
    Fd standardStream(int number);

    /** Writes contents that {@link org.jdmtcp.spi.view.DescriptorView#keepContents} kept into a file, from its offset 0. */
    void writeContents(long contentsId, Fd into);

    /** Whether the user allows that files are replaced by what they were at the checkpoint. */
    default boolean mayOverwriteFiles() {
        return false;
    }

    /**
     * What the clocks showed to the programs at the checkpoint. At the restart their clocks have gone on at least from there,
     * unless the kernel allows no time namespace.
     */
    ClockTimes clocksAtCheckpoint();

    /**
     * An open file that was found in a queue at the checkpoint. Not before {@link DescriptorKind#complete}.
     *
     * @param id from {@link org.jdmtcp.spi.view.DescriptorView#inFlight}
     * @return the agent's descriptor of it; it belongs to the engine
     */
    Fd openFile(long id);

    /**
     * A process for making what notes its maker. There is one for each process id, and it has the user and group id that were
     * asked for last: ask again before each use. Where the process id cannot be had it has another one, and the user is told.
     *
     * @param pid the process id that the program is to see; 0 or less for any
     * @param uid user id, as the agent sees it
     * @param gid group id, as the agent sees it
     */
    Maker maker(int pid, int uid, int gid);

    /**
     * A process in a network namespace of its own, with a loopback interface that is down. What it makes there the agent may
     * administer, whatever the user: so connections of which both ends are the computation's can be made as they were, beyond
     * the reach of others. The namespace lives as long as a socket of it does.
     *
     * @throws Refusal where no such namespace can be made
     */
    default Maker networkMaker() {
        throw new UnsupportedOperationException("no network namespaces here");
    }

    /**
     * The root directory of the restarted programs as far as terminals are concerned, for the agent's paths: {@code ""} where
     * that is the agent's own, else one below which {@code /dev/ptmx} makes pseudo-terminals in a file system of their own,
     * where every number is free.
     */
    String terminalRoot();

    /**
     * Gives this attempt to restart up, because a number that the programs know belongs to somebody else on this host. The
     * restart begins anew in namespaces of its own, if it is in none yet.
     *
     * @param what is taken, in words: {@code the number of pseudo-terminal 3}
     * @return never returns; to be thrown, for the compiler
     */
    RuntimeException taken(String what);

    /** Tells the user of something that he should know but that does not stop the restart. */
    void warn(String message);
}
