package org.jdmtcp.spi.view;

/** A process of the computation. Valid while it is stopped. */
public interface ProcessView {
    /** The process id as this agent sees it: the one for {@code /proc} and system calls. */
    int pid();

    /** The process id as the program itself sees it: the one to show to people and to write to images. */
    int ownPid();

    /** The command name, as in {@code /proc/PID/comm}. */
    String command();

    /** System calls in the process. */
    RemoteBatch batch();
}
