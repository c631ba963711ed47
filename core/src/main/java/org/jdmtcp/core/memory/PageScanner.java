package org.jdmtcp.core.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/**
 * Says which pages of a process hold something, from {@code /proc/PID/pagemap}. Not for several threads at once. See the
 * kernel's {@code Documentation/admin-guide/mm/pagemap.rst} and {@code linux/fs.h}.
 */
public final class PageScanner implements AutoCloseable {
    /** How the kernel is asked. */
    public enum Method {
        /** The PAGEMAP_SCAN ioctl of Linux 6.7, or the plain file where it is missing. */
        BEST,
        /** An entry per page read from the file. */
        PLAIN
    }

    /**
     * Pages of a mapping, sorted, in bytes.
     *
     * @param data pages with contents of their own, in memory or swapped out
     * @param guards guard pages ({@code MADV_GUARD_INSTALL}): not readable, to be installed again after the contents
     */
    public record Pages(List<Range> data, List<Range> guards) {}

    private static final long PAGEMAP_SCAN = 0xC0606610L;
    private static final long PAGE_IS_FILE = 1 << 2;
    private static final long PAGE_IS_PRESENT = 1 << 3;
    private static final long PAGE_IS_SWAPPED = 1 << 4;
    private static final long PAGE_IS_PFNZERO = 1 << 5;
    private static final long PAGE_IS_GUARD = 1 << 8;

    // struct pm_scan_arg
    private static final long ARG_SIZE = 96;
    private static final long ARG_START = 16;
    private static final long ARG_END = 24;
    private static final long ARG_WALK_END = 32;
    private static final long ARG_VEC = 40;
    private static final long ARG_VEC_LEN = 48;
    private static final long ARG_CATEGORY_INVERTED = 64;
    private static final long ARG_CATEGORY_MASK = 72;
    private static final long ARG_CATEGORY_ANYOF = 80;
    private static final long ARG_RETURN_MASK = 88;
    // struct page_region: start, end, categories
    private static final long REGION_SIZE = 24;
    private static final long REGIONS = 1024;

    private static final long PM_PRESENT = 1L << 63;
    private static final long PM_SWAP = 1L << 62;
    private static final long PM_FILE = 1L << 61;
    private static final long PM_GUARD = 1L << 58;
    private static final int ENTRY_SIZE = 8;
    private static final long ENTRIES = 8192;

    private final Fd pagemap;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment argument = arena.allocate(ARG_SIZE, 8);
    private final MemorySegment results = arena.allocate(Math.max(REGIONS * REGION_SIZE, ENTRIES * ENTRY_SIZE), 8);
    private boolean canScan;
    private boolean knowsGuards = true;

    private PageScanner(final Fd pagemap, final Method method) {
        this.pagemap = pagemap;
        this.canScan = method == Method.BEST;
    }

    /** For a process that the caller may ptrace. @throws LinuxException ENOENT (it is gone), EACCES */
    public static PageScanner open(final int pid) {
        return open(pid, Method.BEST);
    }

    /** As {@link #open(int)}, by a method. */
    public static PageScanner open(final int pid, final Method method) {
        return new PageScanner(FileCalls.open("/proc/" + pid + "/pagemap", FileCalls.O_RDONLY), method);
    }

    /**
     * The pages between two page-aligned addresses of private mappings. Never-written pages do not count; a page that was
     * written with zeros may.
     *
     * @param fileBacked whether it is a private file mapping, where pages that are still the file's do not count
     * @throws LinuxException EIO, ENOMEM
     */
    public Pages scan(final long start, final long end, final boolean fileBacked) {
        final Collector found = new Collector();
        long at = start;
        while (canScan && at < end) {
            at = scanSome(at, end, fileBacked, found);
        }
        if (at < end) {
            readEntries(at, end, fileBacked, found);
        }
        return new Pages(found.data, found.guards);
    }

    /** Asks by ioctl; returns where it stopped, which is {@code start} where the kernel cannot do that. */
    private long scanSome(final long start, final long end, final boolean fileBacked, final Collector found) {
        final long not = PAGE_IS_PFNZERO | (fileBacked ? PAGE_IS_FILE : 0);
        argument.fill((byte) 0);
        put(0, ARG_SIZE);
        put(ARG_START, start);
        put(ARG_END, end);
        put(ARG_VEC, results.address());
        put(ARG_VEC_LEN, REGIONS);
        put(ARG_CATEGORY_INVERTED, not);
        put(ARG_CATEGORY_MASK, not);
        put(ARG_CATEGORY_ANYOF, PAGE_IS_PRESENT | PAGE_IS_SWAPPED);
        put(ARG_RETURN_MASK, PAGE_IS_SWAPPED | (knowsGuards ? PAGE_IS_GUARD : 0));
        final long regions = FileCalls.ioctl(pagemap.number(), PAGEMAP_SCAN, argument.address());
        if (regions == -Errno.EINVAL && knowsGuards) {
            knowsGuards = false;
            return scanSome(start, end, fileBacked, found);
        }
        if (regions == -Errno.ENOTTY || regions == -Errno.EINVAL) {
            canScan = false;
            return start;
        }
        Linux.check(regions, "ioctl(PAGEMAP_SCAN)");
        for (long i = 0; i < regions; i++) {
            addRegion(i * REGION_SIZE, fileBacked, found);
        }
        if (regions == 0) {
            return end;
        }
        // Where the kernel filled its own buffer of 512 regions and then found fewer, it leaves walk_end at the former
        // (seen on 6.18): the last region tells better how far it came.
        final long lastEnd = results.get(ValueLayout.JAVA_LONG, (regions - 1) * REGION_SIZE + 8);
        return Math.max(lastEnd, argument.get(ValueLayout.JAVA_LONG, ARG_WALK_END));
    }

    private void put(final long offset, final long value) {
        argument.set(ValueLayout.JAVA_LONG, offset, value);
    }

    private void addRegion(final long offset, final boolean fileBacked, final Collector found) {
        final long start = results.get(ValueLayout.JAVA_LONG, offset);
        final long end = results.get(ValueLayout.JAVA_LONG, offset + 8);
        final long categories = results.get(ValueLayout.JAVA_LONG, offset + 16);
        if ((categories & PAGE_IS_GUARD) != 0) {
            Collector.add(found.guards, start, end);
        } else if ((categories & PAGE_IS_SWAPPED) != 0 && !knowsGuards) {
            // Before Linux 6.16 the ioctl shows guard pages as swapped ones; the entry of each page knows better. It
            // must
            // not overwrite the results of the ioctl that are still to be looked at.
            try (Arena own = Arena.ofConfined()) {
                final MemorySegment entries = own.allocate(ENTRIES * ENTRY_SIZE, 8);
                readEntries(start, end, fileBacked, entries, found);
            }
        } else {
            Collector.add(found.data, start, end);
        }
    }

    private void readEntries(final long start, final long end, final boolean fileBacked, final Collector found) {
        readEntries(start, end, fileBacked, results, found);
    }

    private void readEntries(
            final long start,
            final long end,
            final boolean fileBacked,
            final MemorySegment entries,
            final Collector found) {
        long at = start;
        while (at < end) {
            final long count = Math.min(ENTRIES, (end - at) / Linux.PAGE_SIZE);
            FileCalls.readFully(pagemap, entries.asSlice(0, count * ENTRY_SIZE), at / Linux.PAGE_SIZE * ENTRY_SIZE);
            for (long i = 0; i < count; i++) {
                final long entry = entries.getAtIndex(ValueLayout.JAVA_LONG, i);
                if (entry != 0) {
                    found.addEntry(at + i * Linux.PAGE_SIZE, entry, fileBacked);
                }
            }
            at += count * Linux.PAGE_SIZE;
        }
    }

    @Override
    public void close() {
        pagemap.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private static final class Collector {
        private final List<Range> data = new ArrayList<>();
        private final List<Range> guards = new ArrayList<>();

        void addEntry(final long address, final long entry, final boolean fileBacked) {
            if ((entry & PM_GUARD) != 0) {
                add(guards, address, address + Linux.PAGE_SIZE);
            } else if ((entry & (PM_PRESENT | PM_SWAP)) != 0 && !(fileBacked && (entry & PM_FILE) != 0)) {
                add(data, address, address + Linux.PAGE_SIZE);
            }
        }

        static void add(final List<Range> runs, final long start, final long end) {
            if (!runs.isEmpty() && runs.getLast().end() == start) {
                final Range last = runs.removeLast();
                runs.add(new Range(last.address(), end - last.address()));
            } else {
                runs.add(new Range(start, end - start));
            }
        }
    }
}
