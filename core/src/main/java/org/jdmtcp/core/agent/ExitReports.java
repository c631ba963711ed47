package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;

/**
 * What the init of a pid namespace tells about its children that ended or were stopped: pairs of little-endian 32-bit integers, pid in the
 * namespace and wait status. Written in pieces that a pipe keeps whole.
 */
final class ExitReports {
    private static final int SIZE = 8;

    private final Fd pipe;
    private final int root;
    private final CompletableFuture<WaitStatus> end;
    private final IntConsumer stopped;
    private final MemorySegment record = Arena.ofAuto().allocate(SIZE, 8);

    /**
     * @param root whose reports count, by its number in the namespace
     * @param end completed with how it ended
     * @param stopped called with the signal that stopped it
     */
    ExitReports(final Fd pipe, final int root, final CompletableFuture<WaitStatus> end, final IntConsumer stopped) {
        this.pipe = pipe;
        this.root = root;
        this.end = end;
        this.stopped = stopped;
    }

    /** Reads one report; false at the end. */
    boolean read() {
        final long n = FileCalls.read(pipe, record);
        if (n == -Errno.EINTR || n == -Errno.EAGAIN) {
            return true;
        }
        if (n != SIZE) {
            // The namespace is gone, and the kernel killed who was in it.
            end.complete(new WaitStatus.Killed(Signal.SIGKILL));
            return false;
        }
        if (record.get(ValueLayout.JAVA_INT_UNALIGNED, 0) == root) {
            report(record.get(ValueLayout.JAVA_INT_UNALIGNED, 4));
        }
        return true;
    }

    private void report(final int word) {
        if (WaitStatus.isStop(word)) {
            stopped.accept(WaitStatus.stopSignal(word));
        } else {
            end.complete(WaitStatus.of(word));
        }
    }
}
