package org.jdmtcp.core.image;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import org.jdmtcp.core.image.message.RunKind;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/** Sifts portions of a {@link MemoryDump}: keeps the pages that have to be stored, and notes what becomes of the others. */
final class MemoryWorker implements Workers.Worker {
    private static final int PAGE = Linux.PAGE_SIZE;

    private final MemoryDump dump;
    private final BlockWriter writer;
    private final PageTally tally;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment zeros = MemoryCalls.allocate(arena, PAGE);
    private final MemorySegment buffer;
    /** The same memory as {@link #buffer}; a plain getLong of it is cheap even where nothing is inlined. */
    private final ByteBuffer longs;

    private final MemorySegment parents;
    private final BitSet parentHas = new BitSet();
    private final RunList kept = new RunList();
    private int keptSize;

    MemoryWorker(final MemoryDump dump, final BlockWriter writer, final PageTally tally) {
        this.dump = dump;
        this.writer = writer;
        this.tally = tally;
        buffer = writer.buffer();
        longs = buffer.asByteBuffer();
        parents = dump.parent() == null ? MemorySegment.NULL : MemoryCalls.allocate(arena, buffer.byteSize());
    }

    @Override
    public void process(final int piece) {
        final List<Range> portion = dump.portion(piece);
        dump.memory().read(portion, buffer);
        readParent(portion);
        kept.clear();
        keptSize = 0;
        int at = 0;
        for (final Range range : portion) {
            sift(range, at);
            at += (int) range.size();
        }
        if (keptSize > 0) {
            tally.count(RunKind.DATA, keptSize);
            writer.write(keptSize, kept.toMessage(RunKind.DATA));
        }
    }

    private void readParent(final List<Range> portion) {
        parentHas.clear();
        final RemoteMemory parent = dump.parent();
        if (parent == null) {
            return;
        }
        long at = 0;
        for (final Range range : portion) {
            for (final Range piece : dump.comparable(range)) {
                final long offset = at + piece.address() - range.address();
                parent.read(List.of(piece), parents.asSlice(offset, piece.size()));
                parentHas.set((int) (offset / PAGE), (int) ((offset + piece.size()) / PAGE));
            }
            at += range.size();
        }
    }

    /** Looks at the pages of a range, and moves runs of those that stay to the front of the buffer. */
    private void sift(final Range range, final int start) {
        final boolean fileBacked = dump.isFileBacked(range.address());
        int runStart = start;
        final int end = start + (int) range.size();
        for (int at = start; at < end; at += PAGE) {
            if (!mustStay(at, range.address() + at - start, fileBacked)) {
                keep(range.address() + runStart - start, runStart, at);
                runStart = at + PAGE;
            }
        }
        keep(range.address() + runStart - start, runStart, end);
    }

    private void keep(final long address, final int from, final int to) {
        if (from == to) {
            return;
        }
        kept.add(address, to - from);
        if (from != keptSize) {
            MemorySegment.copy(buffer, from, buffer, keptSize, to - from);
        }
        keptSize += to - from;
    }

    private boolean mustStay(final int at, final long address, final boolean fileBacked) {
        final boolean zero = longs.getLong(at) == 0 && equal(zeros, 0, at);
        if (parentHas.get(at / PAGE)) {
            final boolean same = equal(parents, at, at);
            if (!zero && !same) {
                return true;
            }
            if (same && !zero || same && fileBacked) {
                tally.add(RunKind.PARENT, address);
            } else if (!same) {
                tally.add(fileBacked ? RunKind.ZERO : RunKind.ABSENT, address);
            }
            return false;
        }
        if (zero) {
            if (fileBacked) {
                tally.add(RunKind.ZERO, address);
            } else {
                tally.count(RunKind.ZERO, PAGE);
            }
        }
        return !zero;
    }

    private boolean equal(final MemorySegment other, final long otherAt, final long at) {
        return MemorySegment.mismatch(other, otherAt, otherAt + PAGE, buffer, at, at + PAGE) == -1;
    }

    @Override
    public void close() {
        writer.close();
        arena.close();
    }
}
