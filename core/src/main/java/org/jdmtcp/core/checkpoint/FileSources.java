package org.jdmtcp.core.checkpoint;

import com.google.common.collect.Range;
import com.google.common.collect.RangeSet;
import com.google.common.collect.TreeRangeSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.image.ImageWriter;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.MemoryCalls;

/**
 * The files that are mapped by any process, each version once: their mapped parts go into the image of the first process
 * that maps them, so that the computation can be restarted where the file is missing or differs. Files are opened while the
 * program stands still and read when it runs on.
 */
final class FileSources implements AutoCloseable {
    private final Map<String, Source> sources = new LinkedHashMap<>();

    private record Source(FrozenProcess owner, Fd file, RangeSet<Long> parts) {}

    /** Notes a mapping of a file. */
    void add(final FrozenProcess process, final FileSource source, final Mapping mapping) {
        sources.computeIfAbsent(source.key(), k -> new Source(process, source.open(), TreeRangeSet.create()))
                .parts
                .add(Range.closedOpen(mapping.offset(), mapping.offset() + mapping.length()));
    }

    /** Writes the contents of the files that belong into the image of that process. */
    void write(final FrozenProcess process, final ImageWriter image) {
        for (final Map.Entry<String, Source> source : sources.entrySet()) {
            if (source.getValue().owner == process) {
                image.fileContents(source.getKey(), source.getValue().file, ranges(source.getValue().parts));
            }
        }
    }

    private static List<MemoryCalls.Range> ranges(final RangeSet<Long> parts) {
        final List<MemoryCalls.Range> ranges = new ArrayList<>();
        for (final Range<Long> part : parts.asRanges()) {
            ranges.add(new MemoryCalls.Range(part.lowerEndpoint(), part.upperEndpoint() - part.lowerEndpoint()));
        }
        return ranges;
    }

    @Override
    public void close() {
        sources.values().forEach(source -> source.file.close());
    }
}
