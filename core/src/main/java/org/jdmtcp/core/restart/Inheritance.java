package org.jdmtcp.core.restart;

import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.image.PageRun;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/**
 * The mappings that a process keeps from the parent that it is cloned from, because they share pages copy-on-write. The
 * parent's memory has to be whole before such a child is cloned.
 */
final class Inheritance {
    /** Nothing is kept. */
    static final Inheritance NONE = new Inheritance(List.of());

    private final List<MappingState> kept;

    private Inheritance(final List<MappingState> kept) {
        this.kept = kept;
    }

    /** Whether the image of a process counts on pages of its parent. */
    static boolean isNeeded(final RestartImage child) {
        return child.reader().runs().stream()
                .anyMatch(r -> r.kind() == PageRun.Kind.PARENT || r.kind() == PageRun.Kind.ABSENT);
    }

    /** What a child keeps of its parent. */
    static Inheritance of(final RestartImage parent, final RestartImage child) {
        if (!isNeeded(child)) {
            return NONE;
        }
        final List<MappingState> kept = new ArrayList<>();
        for (final MappingState mapping : child.process().getMemory().getMappingsList()) {
            for (final MappingState other : parent.process().getMemory().getMappingsList()) {
                if (isSame(mapping, other)) {
                    kept.add(mapping);
                }
            }
        }
        return new Inheritance(kept);
    }

    private static boolean isSame(final MappingState mapping, final MappingState other) {
        return mapping.getStart() == other.getStart()
                && mapping.getEnd() == other.getEnd()
                && mapping.getKind() == other.getKind()
                && !mapping.getShared()
                && !other.getShared()
                && mapping.getFileKey().equals(other.getFileKey())
                && mapping.getOffset() == other.getOffset()
                && !other.getFlagsList().contains("dc")
                && !other.getFlagsList().contains("wf")
                && (mapping.getKind() == MappingState.Kind.ANONYMOUS || mapping.getKind() == MappingState.Kind.FILE);
    }

    boolean keeps(final MappingState mapping) {
        return kept.contains(mapping);
    }

    /** The addresses that stay mapped. */
    List<Range> kept() {
        return kept.stream()
                .map(m -> new Range(m.getStart(), m.getEnd() - m.getStart()))
                .toList();
    }
}
