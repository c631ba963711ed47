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

    /**
     * What the clocks showed to the programs at the checkpoint. At the restart their clocks have gone on at least from there,
     * unless the kernel allows no time namespace.
     */
    ClockTimes clocksAtCheckpoint();

    /** Tells the user of something that he should know but that does not stop the restart. */
    void warn(String message);
}
