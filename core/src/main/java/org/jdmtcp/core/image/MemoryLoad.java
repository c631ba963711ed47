package org.jdmtcp.core.image;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdmtcp.core.image.PageIndex.Place;
import org.jdmtcp.core.image.message.Block;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/** Pages on their way from an image into a process. */
final class MemoryLoad {
    private final int targetPid;
    private final List<Block> blocks;
    /** What is wanted of each block that is needed at all, ascending by offset. */
    private final List<Map.Entry<Integer, List<Place>>> byBlock;

    private final List<Range> zeros = new ArrayList<>();

    MemoryLoad(final int targetPid, final List<Block> blocks, final List<Place> places) {
        this.targetPid = targetPid;
        this.blocks = blocks;
        final Map<Integer, List<Place>> grouped = new TreeMap<>();
        for (final Place place : places) {
            switch (place.run().kind()) {
                case DATA ->
                    grouped.computeIfAbsent(place.block(), block -> new ArrayList<>())
                            .add(place);
                case ZERO -> zeros.add(place.run().range());
                case PARENT, ABSENT -> {}
            }
        }
        byBlock = List.copyOf(grouped.entrySet());
    }

    int size() {
        return byBlock.size();
    }

    Workers.Worker worker(final BlockReader reader) {
        return new Workers.Worker() {
            @Override
            public void process(final int piece) {
                final int index = byBlock.get(piece).getKey();
                final MemorySegment raw = reader.readRaw(index, blocks.get(index));
                write(raw, byBlock.get(piece).getValue());
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    /** Writes the wanted parts of a block, those that follow each other in the block together. */
    private void write(final MemorySegment raw, final List<Place> places) {
        int i = 0;
        while (i < places.size()) {
            final List<Range> targets = new ArrayList<>();
            final long start = places.get(i).offset();
            long end = start;
            while (i < places.size() && places.get(i).offset() == end) {
                targets.add(places.get(i).run().range());
                end += places.get(i).run().size();
                i++;
            }
            MemoryCalls.writeScatter(targetPid, targets, raw.asSlice(start, end - start));
        }
    }

    /** Writes the pages of zeros. */
    void writeZeros() {
        if (zeros.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment nothing = MemoryCalls.allocate(arena, ImageFormat.BLOCK_SIZE);
            for (final List<Range> portion : Ranges.portions(zeros, ImageFormat.BLOCK_SIZE)) {
                final long size = portion.stream().mapToLong(Range::size).sum();
                MemoryCalls.writeScatter(targetPid, portion, nothing.asSlice(0, size));
            }
        }
    }
}
