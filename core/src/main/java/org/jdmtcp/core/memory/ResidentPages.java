package org.jdmtcp.core.memory;

import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * Which pages of a shared mapping exist, whether or not the process has touched them: the process asks {@code mincore(2)},
 * which looks into the page cache. A page that exists but is swapped out is not found; reading one that does not exist would
 * make it.
 */
public final class ResidentPages {
    /** Pages that one call tells of, a byte each. */
    private static final int CHUNK = 1 << 20;

    private ResidentPages() {}

    /** Sorted ranges of pages within a page-aligned range. */
    public static List<Range> of(final ProcessView process, final Range memory) {
        final List<Range> found = new ArrayList<>();
        final long step = (long) CHUNK * Linux.PAGE_SIZE;
        for (long at = memory.address(); at < memory.end(); at += step) {
            final long size = Math.min(step, memory.end() - at);
            final int pages = (int) (size / Linux.PAGE_SIZE);
            final RemoteBatch batch = process.batch();
            final long vector = batch.room(pages);
            batch.must(SystemCall.MINCORE, at, size, vector);
            collect(at, batch.run().bytes(vector, pages), found);
        }
        return found;
    }

    private static void collect(final long start, final byte[] vector, final List<Range> found) {
        int from = 0;
        while (from < vector.length) {
            int to = from;
            while (to < vector.length && (vector[to] & 1) != 0) {
                to++;
            }
            if (to > from) {
                found.add(new Range(start + (long) from * Linux.PAGE_SIZE, (long) (to - from) * Linux.PAGE_SIZE));
            }
            from = to + 1;
        }
    }
}
