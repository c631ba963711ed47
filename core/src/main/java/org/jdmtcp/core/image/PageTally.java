package org.jdmtcp.core.image;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.core.image.message.PageRuns;
import org.jdmtcp.core.image.message.RunKind;
import org.jdmtcp.spi.linux.Linux;

/** The pages of an image that have no data of their own, and sums for the summary. Thread-safe. */
final class PageTally {
    private final Map<RunKind, RunList> runs = new EnumMap<>(RunKind.class);
    private final Map<RunKind, Long> bytes = new EnumMap<>(RunKind.class);

    /** Notes one page by its address and counts it. */
    synchronized void add(final RunKind kind, final long address) {
        add(kind, address, Linux.PAGE_SIZE);
    }

    /** Notes pages by address and size in bytes, and counts them. */
    synchronized void add(final RunKind kind, final long address, final long size) {
        runs.computeIfAbsent(kind, k -> new RunList()).add(address, size);
        count(kind, size);
    }

    /** Counts bytes only. */
    synchronized void count(final RunKind kind, final long size) {
        bytes.merge(kind, size, Long::sum);
    }

    synchronized long bytes(final RunKind kind) {
        return bytes.getOrDefault(kind, 0L);
    }

    synchronized List<PageRuns> toMessages() {
        final List<PageRuns> messages = new ArrayList<>();
        runs.forEach((kind, list) -> {
            list.sort();
            messages.add(list.toMessage(kind));
        });
        return messages;
    }
}
