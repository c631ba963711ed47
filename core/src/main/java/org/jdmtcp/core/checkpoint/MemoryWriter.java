package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jdmtcp.core.image.ImageWriter;
import org.jdmtcp.core.image.MemorySource;
import org.jdmtcp.core.memory.PageScanner;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jspecify.annotations.Nullable;

/** Writes the pages of a process, or of its snapshot, into its image. */
final class MemoryWriter {
    private MemoryWriter() {}

    /** Pages that were found: of a snapshot, to be compared with those of its children. */
    record Written(int pid, List<MappingCapture.MemoryArea> areas, List<Range> runs, List<Range> guards) {}

    /**
     * Writes some areas.
     *
     * @param pid whose memory is read
     * @param which the areas to be written now
     * @param parent the parent's memory for copy-on-write sharing, or null
     */
    static Written write(
            final int pid,
            final List<MappingCapture.MemoryArea> all,
            final Predicate<MappingCapture.MemoryArea> which,
            final ImageWriter image,
            final @Nullable Written parent) {
        final List<MappingCapture.MemoryArea> areas = all.stream().filter(which).toList();
        if (areas.isEmpty()) {
            return new Written(pid, areas, List.of(), List.of());
        }
        final List<MemorySource.Area> sourceAreas = new ArrayList<>();
        final List<Range> runs = new ArrayList<>();
        final List<Range> guards = new ArrayList<>();
        try (PageScanner scanner = PageScanner.open(pid)) {
            for (final MappingCapture.MemoryArea area : areas) {
                sourceAreas.add(new MemorySource.Area(area.start(), area.end(), area.fileBacked()));
                final PageScanner.Pages pages = scanner.scan(area.start(), area.end(), area.fileBacked());
                runs.addAll(area.whole() ? List.of(new Range(area.start(), area.end() - area.start())) : pages.data());
                guards.addAll(pages.guards());
            }
        }
        final MemorySource.@Nullable Comparison comparison = parent == null ? null : comparison(parent, areas);
        image.memory(new MemorySource(pid, sourceAreas, runs, comparison));
        return new Written(pid, areas, runs, guards);
    }

    private static MemorySource.@Nullable Comparison comparison(
            final Written parent, final List<MappingCapture.MemoryArea> areas) {
        final List<Range> common = new ArrayList<>();
        for (final MappingCapture.MemoryArea area : areas) {
            for (final MappingCapture.MemoryArea other : parent.areas) {
                if (isInheritable(area, other)) {
                    common.add(new Range(area.start(), area.end() - area.start()));
                }
            }
        }
        return common.isEmpty() ? null : new MemorySource.Comparison(parent.pid, common, parent.runs);
    }

    private static boolean isInheritable(
            final MappingCapture.MemoryArea child, final MappingCapture.MemoryArea parent) {
        return child.start() == parent.start()
                && child.end() == parent.end()
                && child.backing().equals(parent.backing())
                && !child.whole()
                && !parent.whole();
    }
}
