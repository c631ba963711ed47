package org.jdmtcp.core.image;

import java.util.List;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jspecify.annotations.Nullable;

/**
 * Memory to be written into an image. It must not change while it is read: the process is stopped or a snapshot.
 * Everything is page-aligned, in bytes, sorted by address and without overlap.
 *
 * @param pid the process to read from; the caller may ptrace it
 * @param areas the mappings that {@code runs} lie in; a run does not cross the border of an area
 * @param runs the pages to be written: what a {@link org.jdmtcp.core.memory.PageScanner} found
 * @param comparison the parent to be compared with; null for none
 */
public record MemorySource(
        int pid,
        List<Area> areas,
        List<Range> runs,
        @Nullable Comparison comparison) {
    /**
     * A mapping, or a part of one.
     *
     * @param fileBacked whether something else than zeros shows where a page is not restored, so that zeros must be kept
     */
    public record Area(long start, long end, boolean fileBacked) {}

    /**
     * Copy-on-write sharing with the parent. What is equal is not stored; what the parent has and this process has not is
     * noted as {@link PageRun.Kind#ABSENT}.
     *
     * @param parentPid the parent, or the snapshot of it that was taken at the same stop
     * @param areas where both have the same mapping and the child will inherit the parent's pages at a restart
     * @param parentRuns the pages of the parent that hold something: the {@code runs} of its own image
     */
    public record Comparison(int parentPid, List<Range> areas, List<Range> parentRuns) {}
}
