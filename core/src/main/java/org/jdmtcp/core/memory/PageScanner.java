package org.jdmtcp.core.memory;

import java.util.List;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/** Says which pages of a process hold something. Not for several threads at once. */
public final class PageScanner implements AutoCloseable {
    /** How the kernel is asked. */
    public enum Method {
        /** The PAGEMAP_SCAN ioctl of Linux 6.7, or the plain file where it is missing. */
        BEST,
        /** An entry per page read from {@code /proc/PID/pagemap}. */
        PLAIN
    }

    /**
     * Pages of a mapping, sorted, in bytes.
     *
     * @param data pages with contents of their own, in memory or swapped out
     * @param guards guard pages ({@code MADV_GUARD_INSTALL}): not readable, to be installed again after the contents
     */
    public record Pages(List<Range> data, List<Range> guards) {}

    private PageScanner() {}

    /** For a process that the caller may ptrace. @throws org.jdmtcp.spi.linux.LinuxException ENOENT, EACCES */
    public static PageScanner open(final int pid) {
        return open(pid, Method.BEST);
    }

    /** As {@link #open(int)}, by a method. */
    public static PageScanner open(final int pid, final Method method) {
        throw new UnsupportedOperationException();
    }

    /**
     * The pages between two page-aligned addresses of private mappings.
     *
     * @param fileBacked whether it is a private file mapping, where pages that are still the file's do not count
     */
    public Pages scan(final long start, final long end, final boolean fileBacked) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
