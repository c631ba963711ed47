package org.jdmtcp.core.image;

import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/**
 * Consecutive pages of a process and what the image knows of them.
 *
 * @param address of the first page, bytes
 * @param pages their number
 */
public record PageRun(long address, long pages, Kind kind) {
    /** What is to be done for a page at a restart. */
    public enum Kind {
        /** The image holds the page's bytes. */
        DATA,
        /** The page is full of zeros, and they have to be written since something else would show through. */
        ZERO,
        /** The page is the same as the parent's at the same address, and may stay shared with it copy-on-write. */
        PARENT,
        /** The parent has a page there and this process has none: drop what was inherited ({@code MADV_DONTNEED}). */
        ABSENT
    }

    /** Bytes. */
    public long size() {
        return pages * Linux.PAGE_SIZE;
    }

    /** The first address behind. */
    public long end() {
        return address + size();
    }

    /** Without the kind. */
    public Range range() {
        return new Range(address, size());
    }
}
