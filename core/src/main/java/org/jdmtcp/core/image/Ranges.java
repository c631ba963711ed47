package org.jdmtcp.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/** Set operations on sorted lists of ranges that do not overlap. */
final class Ranges {
    private Ranges() {}

    /** What is in both. */
    static List<Range> intersect(final List<Range> a, final List<Range> b) {
        final List<Range> both = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < a.size() && j < b.size()) {
            final long start = Math.max(a.get(i).address(), b.get(j).address());
            final long end = Math.min(a.get(i).end(), b.get(j).end());
            if (start < end) {
                both.add(new Range(start, end - start));
            }
            if (a.get(i).end() < b.get(j).end()) {
                i++;
            } else {
                j++;
            }
        }
        return both;
    }

    /** What is in the first and not in the second. */
    static List<Range> subtract(final List<Range> from, final List<Range> what) {
        final List<Range> left = new ArrayList<>();
        int j = 0;
        for (final Range range : from) {
            long at = range.address();
            while (j < what.size() && what.get(j).end() <= at) {
                j++;
            }
            for (int k = j; k < what.size() && what.get(k).address() < range.end(); k++) {
                if (what.get(k).address() > at) {
                    left.add(new Range(at, what.get(k).address() - at));
                }
                at = Math.max(at, what.get(k).end());
            }
            if (at < range.end()) {
                left.add(new Range(at, range.end() - at));
            }
        }
        return left;
    }

    /** The index of the first element that ends behind an address; the list's size where none does. */
    static <T> int firstEndingAfter(final List<T> sorted, final ToLongFunction<? super T> end, final long address) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (end.applyAsLong(sorted.get(middle)) > address) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Lists of at most so many bytes together, in order; large ranges are cut. */
    static List<List<Range>> portions(final List<Range> ranges, final long limit) {
        final List<List<Range>> portions = new ArrayList<>();
        List<Range> current = new ArrayList<>();
        long size = 0;
        for (final Range range : ranges) {
            long at = range.address();
            while (at < range.end()) {
                final long n = Math.min(limit - size, range.end() - at);
                current.add(new Range(at, n));
                at += n;
                size += n;
                if (size == limit) {
                    portions.add(current);
                    current = new ArrayList<>();
                    size = 0;
                }
            }
        }
        if (!current.isEmpty()) {
            portions.add(current);
        }
        return portions;
    }
}
