package org.jdmtcp.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jdmtcp.core.image.message.Contents;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jspecify.annotations.Nullable;

/** Bytes of one file on their way into an image, cut into portions of a block each. */
final class ContentsDump implements AutoCloseable {
    private final Fd own;
    private final List<Range> portions;
    private final int[] blocks;

    /** @param ranges which bytes, sorted */
    ContentsDump(final Fd file, final List<Range> ranges) {
        // The offset that SEEK_DATA moves belongs to the open file, which may be the program's.
        final Fd reopened = reopen(file);
        own = reopened == null ? file.duplicate() : reopened;
        final List<Range> data = reopened == null ? ranges : withoutHoles(ranges);
        portions = data.stream().flatMap(ContentsDump::cut).toList();
        blocks = new int[portions.size()];
    }

    /** Another open file of the same inode; null where the file may not be opened for reading, as a deleted one of others. */
    private static @Nullable Fd reopen(final Fd file) {
        try {
            return FileCalls.open("/proc/self/fd/" + file.number(), FileCalls.O_RDONLY | FileCalls.O_NONBLOCK);
        } catch (final LinuxException e) {
            if (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM || e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    private List<Range> withoutHoles(final List<Range> ranges) {
        final List<Range> data = new ArrayList<>();
        for (final Range range : ranges) {
            long at = range.address();
            while (at < range.end()) {
                final long start = FileCalls.seek(own, at, FileCalls.SEEK_DATA);
                if (start == -Errno.ENXIO) {
                    break;
                }
                Linux.check(start, "lseek(SEEK_DATA)");
                final long end = Linux.check(FileCalls.seek(own, start, FileCalls.SEEK_HOLE), "lseek(SEEK_HOLE)");
                if (start < range.end()) {
                    data.add(new Range(start, Math.min(end, range.end()) - start));
                }
                at = end;
            }
        }
        return data;
    }

    private static Stream<Range> cut(final Range range) {
        return Ranges.portions(List.of(range), ImageFormat.BLOCK_SIZE).stream().map(List::getFirst);
    }

    int size() {
        return portions.size();
    }

    /** Bytes without the holes. */
    long bytes() {
        return portions.stream().mapToLong(Range::size).sum();
    }

    Workers.Worker worker(final BlockWriter writer) {
        return new Workers.Worker() {
            @Override
            public void process(final int piece) {
                final Range portion = portions.get(piece);
                FileCalls.readFully(own, writer.buffer().asSlice(0, portion.size()), portion.address());
                blocks[piece] = writer.write((int) portion.size(), null);
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }

    /** Adds what was written; call it when all workers are done. */
    void describe(final Contents.Builder contents) {
        for (int i = 0; i < blocks.length; i++) {
            contents.addExtentOffset(portions.get(i).address()).addExtentBlock(blocks[i]);
        }
    }

    @Override
    public void close() {
        own.close();
    }
}
