package org.jdmtcp.core.image;

import java.util.List;
import org.jdmtcp.core.image.MemorySource.Area;
import org.jdmtcp.core.image.MemorySource.Comparison;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jspecify.annotations.Nullable;

/**
 * One {@link MemorySource} on its way into an image, cut into portions of a block each; every portion is read, sifted,
 * checked, compressed and written by one thread while its bytes are in the processor's cache.
 */
final class MemoryDump implements AutoCloseable {
    private final MemorySource source;
    private final List<List<Range>> portions;
    private final List<Range> comparable;
    private final RemoteMemory memory;
    private final @Nullable RemoteMemory parent;

    MemoryDump(final MemorySource source) {
        this.source = source;
        portions = Ranges.portions(source.runs(), ImageFormat.BLOCK_SIZE);
        memory = new RemoteMemory(source.pid());
        final Comparison comparison = source.comparison();
        comparable = comparison == null ? List.of() : Ranges.intersect(comparison.areas(), comparison.parentRuns());
        parent = comparison == null ? null : new RemoteMemory(comparison.parentPid());
    }

    int size() {
        return portions.size();
    }

    List<Range> portion(final int index) {
        return portions.get(index);
    }

    RemoteMemory memory() {
        return memory;
    }

    @Nullable RemoteMemory parent() {
        return parent;
    }

    /** The pages of a piece that the parent has too and that may be compared. */
    List<Range> comparable(final Range piece) {
        final int from = Ranges.firstEndingAfter(comparable, Range::end, piece.address());
        if (from == comparable.size() || comparable.get(from).address() >= piece.end()) {
            return List.of();
        }
        return Ranges.intersect(comparable.subList(from, comparable.size()), List.of(piece));
    }

    /** Pages that only the parent has. */
    List<Range> absent() {
        return Ranges.subtract(comparable, source.runs());
    }

    /** Whether something else than zeros shows where a page of this run is missing. */
    boolean isFileBacked(final long address) {
        final int i = Ranges.firstEndingAfter(source.areas(), Area::end, address);
        if (i == source.areas().size() || source.areas().get(i).start() > address) {
            throw new IllegalArgumentException("0x" + Long.toHexString(address) + " lies in no area");
        }
        return source.areas().get(i).fileBacked();
    }

    @Override
    public void close() {
        memory.close();
        if (parent != null) {
            parent.close();
        }
    }
}
