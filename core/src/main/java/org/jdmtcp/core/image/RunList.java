package org.jdmtcp.core.image;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jdmtcp.core.image.message.PageRuns;
import org.jdmtcp.core.image.message.RunKind;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/** Runs of pages that grow page by page. Not thread-safe. */
final class RunList {
    private final List<Range> runs = new ArrayList<>();

    /** Adds memory, bytes; it becomes part of the last run where it follows that. */
    void add(final long address, final long size) {
        if (!runs.isEmpty() && runs.getLast().end() == address) {
            final Range last = runs.removeLast();
            runs.add(new Range(last.address(), last.size() + size));
        } else {
            runs.add(new Range(address, size));
        }
    }

    void addAll(final RunList other) {
        other.runs.forEach(run -> add(run.address(), run.size()));
    }

    void sort() {
        final List<Range> sorted = new ArrayList<>(runs);
        sorted.sort(Comparator.comparingLong(Range::address));
        runs.clear();
        sorted.forEach(run -> add(run.address(), run.size()));
    }

    void clear() {
        runs.clear();
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** Bytes. */
    long size() {
        return runs.stream().mapToLong(Range::size).sum();
    }

    /** Must be sorted. */
    PageRuns toMessage(final RunKind kind) {
        final PageRuns.Builder message = PageRuns.newBuilder().setKind(kind);
        long end = 0;
        for (final Range run : runs) {
            message.addGap((run.address() - end) / Linux.PAGE_SIZE);
            message.addLength(run.size() / Linux.PAGE_SIZE);
            end = run.end();
        }
        return message.build();
    }

    /** The ranges of a message, in bytes. */
    static List<Range> of(final PageRuns message) {
        final List<Range> ranges = new ArrayList<>(message.getGapCount());
        long at = 0;
        for (int i = 0; i < message.getGapCount(); i++) {
            at += message.getGap(i) * Linux.PAGE_SIZE;
            final long size = message.getLength(i) * Linux.PAGE_SIZE;
            ranges.add(new Range(at, size));
            at += size;
        }
        return ranges;
    }
}
