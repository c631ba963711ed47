package org.jdmtcp.spi.view;

/** A thread of a stopped process. */
public interface ThreadView {
    /** The thread id as this agent sees it: the one for {@code /proc} and system calls. */
    int tid();

    /** The thread id as the program itself sees it: the one to show to people and to write to images. */
    int ownTid();

    /** System calls made by this thread. One at a time in a process: run it before the next is begun. */
    RemoteBatch batch();
}
