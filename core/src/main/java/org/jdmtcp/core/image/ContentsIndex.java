package org.jdmtcp.core.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jdmtcp.core.image.message.Block;
import org.jdmtcp.core.image.message.Contents;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/** Parts of files by name; the parts of one file may have been stored one after the other. */
final class ContentsIndex {
    private final Map<String, List<Contents>> byKey = new TreeMap<>();

    void add(final Contents contents) {
        byKey.computeIfAbsent(contents.getKey(), key -> new ArrayList<>()).add(contents);
    }

    Set<String> keys() {
        return Set.copyOf(byKey.keySet());
    }

    List<Contents> of(final String key) {
        return byKey.getOrDefault(key, List.of());
    }

    Optional<Long> size(final String key) {
        return of(key).stream().map(Contents::getSize).max(Comparator.naturalOrder());
    }

    List<Range> ranges(final String key, final List<Block> blocks) {
        final List<Range> ranges = new ArrayList<>();
        for (final Contents contents : of(key)) {
            for (int i = 0; i < contents.getExtentBlockCount(); i++) {
                ranges.add(new Range(
                        contents.getExtentOffset(i),
                        blocks.get(contents.getExtentBlock(i)).getRawSize()));
            }
        }
        ranges.sort(Comparator.comparingLong(Range::address));
        return joined(ranges);
    }

    private static List<Range> joined(final List<Range> sorted) {
        final List<Range> joined = new ArrayList<>();
        for (final Range range : sorted) {
            if (!joined.isEmpty() && joined.getLast().end() >= range.address()) {
                final Range last = joined.removeLast();
                joined.add(new Range(last.address(), Math.max(last.end(), range.end()) - last.address()));
            } else {
                joined.add(range);
            }
        }
        return joined;
    }
}
