package org.jdmtcp.core.freeze;

import java.util.List;
import org.jdmtcp.core.tracee.Tracee;

/**
 * The signals that wait for a process, a {@code siginfo_t} of 128 bytes each, in order.
 *
 * @param shared those for whichever thread takes them
 * @param own those of each thread, in the order of the threads
 */
public record PendingSignals(List<byte[]> shared, List<List<byte[]>> own) {
    /** Reads them. @param threads all threads of one process */
    public static PendingSignals of(final List<Tracee> threads) {
        return new PendingSignals(
                threads.getFirst().pendingSignals(true),
                threads.stream().map(thread -> thread.pendingSignals(false)).toList());
    }
}
