package org.jdmtcp.spi.view;

import java.util.List;

/** A process of the computation. Valid while it is stopped. */
public interface ProcessView {
    /** The process id as this agent sees it: the one for {@code /proc} and system calls. */
    int pid();

    /** The process id as the program itself sees it: the one to show to people and to write to images. */
    int ownPid();

    /** The command name, as in {@code /proc/PID/comm}. */
    String command();

    /** System calls in the process, made by its main thread. */
    RemoteBatch batch();

    /** Its live threads, the main thread first unless that has exited. At a restart they exist when descriptors are in place. */
    List<ThreadView> threads();

    /** Its descriptors in the order of their numbers, while an {@link org.jdmtcp.spi.ProcessStateKind} inquires; else none. */
    default List<OpenDescriptor> descriptors() {
        return List.of();
    }

    /**
     * The signals that are waiting for the process and for each of its threads, a {@code siginfo_t} of 128 bytes each. While a
     * {@link org.jdmtcp.spi.Inquiry} is answered: those that were captured, and not what has arrived since.
     */
    List<byte[]> pendingSignals();
}
