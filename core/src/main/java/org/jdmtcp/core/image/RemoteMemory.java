package org.jdmtcp.core.image;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jspecify.annotations.Nullable;

/**
 * Reads memory of another process. {@code process_vm_readv(2)} is the fast way but respects protections; pages that the
 * program itself may not read (PROT_NONE, write-only) come through {@code /proc/PID/mem}. Thread-safe.
 */
final class RemoteMemory implements AutoCloseable {
    private final int pid;
    private @Nullable Fd mem;

    RemoteMemory(final int pid) {
        this.pid = pid;
    }

    /** Reads pieces one behind the other. @throws LinuxException ESRCH, EPERM, EIO where a page cannot be had at all */
    void read(final List<Range> pieces, final MemorySegment into) {
        List<Range> left = pieces;
        long done = 0;
        while (!left.isEmpty()) {
            final long n = MemoryCalls.readGather(pid, left, into.asSlice(done));
            if (n < 0 && n != -Errno.EFAULT) {
                throw new LinuxException("process_vm_readv(pid " + pid + ")", (int) -n);
            }
            left = behind(left, Math.max(n, 0));
            done += Math.max(n, 0);
            if (!left.isEmpty()) {
                final Range blocked = left.getFirst();
                FileCalls.readFully(mem(), into.asSlice(done, blocked.size()), blocked.address());
                left = left.subList(1, left.size());
                done += blocked.size();
            }
        }
    }

    /** The pieces without their first bytes. */
    private static List<Range> behind(final List<Range> pieces, final long bytes) {
        long skip = bytes;
        int i = 0;
        while (i < pieces.size() && pieces.get(i).size() <= skip) {
            skip -= pieces.get(i).size();
            i++;
        }
        final List<Range> left = new ArrayList<>(pieces.subList(i, pieces.size()));
        if (skip > 0) {
            final Range cut = left.getFirst();
            left.set(0, new Range(cut.address() + skip, cut.size() - skip));
        }
        return left;
    }

    private synchronized Fd mem() {
        if (mem == null) {
            mem = FileCalls.open("/proc/" + pid + "/mem", FileCalls.O_RDONLY);
        }
        return mem;
    }

    @Override
    public synchronized void close() {
        if (mem != null) {
            mem.close();
        }
    }
}
