package org.jdmtcp.core.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jdmtcp.core.image.PageRun.Kind;
import org.jdmtcp.core.image.message.Block;
import org.jdmtcp.core.image.message.ImageMetadata;
import org.jdmtcp.core.image.message.PageRuns;
import org.jdmtcp.core.image.message.RunKind;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/** Where every page of an image is, sorted by address. Immutable. */
final class PageIndex {
    /** Not in a block. */
    static final int NO_BLOCK = -1;

    /**
     * A run and its place.
     *
     * @param block index of the block, or {@link #NO_BLOCK}
     * @param offset bytes from the start of the block's raw bytes
     */
    record Place(PageRun run, int block, long offset) {
        /** The part of it within two addresses. */
        Place within(final long start, final long end) {
            final long from = Math.max(start, run.address());
            final long pages = (Math.min(end, run.end()) - from) / Linux.PAGE_SIZE;
            return new Place(new PageRun(from, pages, run.kind()), block, offset + from - run.address());
        }
    }

    private final List<Place> places;

    private PageIndex(final List<Place> places) {
        this.places = places;
    }

    /** @throws IllegalArgumentException where the runs overlap or do not fit their blocks */
    static PageIndex of(final ImageMetadata metadata) {
        final List<Place> places = new ArrayList<>();
        for (int i = 0; i < metadata.getBlocksCount(); i++) {
            final Block block = metadata.getBlocks(i);
            if (block.hasPages()) {
                addBlock(i, block, places);
            }
        }
        for (final PageRuns runs : metadata.getOtherRunsList()) {
            final Kind kind = kind(runs.getKind());
            RunList.of(runs).forEach(range -> places.add(new Place(run(range, kind), NO_BLOCK, 0)));
        }
        places.sort(Comparator.comparingLong(place -> place.run().address()));
        for (int i = 1; i < places.size(); i++) {
            require(places.get(i - 1).run().end() <= places.get(i).run().address());
        }
        return new PageIndex(List.copyOf(places));
    }

    private static void addBlock(final int index, final Block block, final List<Place> places) {
        long offset = 0;
        for (final Range range : RunList.of(block.getPages())) {
            places.add(new Place(run(range, Kind.DATA), index, offset));
            offset += range.size();
        }
        require(offset == block.getRawSize());
    }

    private static PageRun run(final Range range, final Kind kind) {
        return new PageRun(range.address(), range.size() / Linux.PAGE_SIZE, kind);
    }

    private static void require(final boolean sound) {
        if (!sound) {
            throw new IllegalArgumentException("its page index contradicts itself");
        }
    }

    private static Kind kind(final RunKind kind) {
        return switch (kind) {
            case ZERO -> Kind.ZERO;
            case PARENT -> Kind.PARENT;
            case ABSENT -> Kind.ABSENT;
            case DATA, UNRECOGNIZED -> throw new IllegalArgumentException("its page index has pages of kind " + kind);
        };
    }

    /** All runs by address; runs of one kind that follow each other are one. */
    List<PageRun> runs() {
        final List<PageRun> runs = new ArrayList<>();
        for (final Place place : places) {
            final PageRun run = place.run();
            if (!runs.isEmpty()
                    && runs.getLast().end() == run.address()
                    && runs.getLast().kind() == run.kind()) {
                final PageRun last = runs.removeLast();
                runs.add(new PageRun(last.address(), last.pages() + run.pages(), run.kind()));
            } else {
                runs.add(run);
            }
        }
        return runs;
    }

    /** The places within some sorted ranges, cut at their borders, by address. */
    List<Place> within(final List<Range> wanted) {
        final List<Place> found = new ArrayList<>();
        for (final Range range : wanted) {
            int i = Ranges.firstEndingAfter(places, place -> place.run().end(), range.address());
            while (i < places.size() && places.get(i).run().address() < range.end()) {
                found.add(places.get(i).within(range.address(), range.end()));
                i++;
            }
        }
        return found;
    }
}
