package org.jdmtcp.core.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jdmtcp.core.image.message.Contents;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jspecify.annotations.Nullable;

/** Bytes of one object on their way into an image, cut into portions of a block each. */
final class ContentsDump implements AutoCloseable {
    private final List<Fd> own;
    private final List<Portion> portions;
    private final int[] blocks;

    /** Bytes to be read from a descriptor at one place, which belong to another place of the object. */
    private record Portion(Fd from, long at, long size, long offset) {}

    private ContentsDump(final List<Fd> own, final List<Portion> portions) {
        this.own = own;
        this.portions = portions;
        blocks = new int[portions.size()];
    }

    /** Contents of a file. @param ranges which bytes, sorted */
    static ContentsDump ofFile(final Fd file, final List<Range> ranges) {
        // The offset that SEEK_DATA moves belongs to the open file, which may be the program's.
        final Fd reopened = reopen(file);
        final Fd own = reopened == null ? file.duplicate() : reopened;
        final List<Range> data = reopened == null ? ranges : withoutHoles(own, ranges);
        return new ContentsDump(
                List.of(own),
                data.stream()
                        .flatMap(ContentsDump::cut)
                        .map(r -> new Portion(own, r.address(), r.size(), r.address()))
                        .toList());
    }

    /** Contents that processes have mapped. @throws LinuxException where a process is gone */
    static ContentsDump ofMappings(final List<MappedPart> parts) {
        final Map<Integer, Fd> memories = new LinkedHashMap<>();
        final List<Portion> portions = new ArrayList<>();
        for (final MappedPart part : parts) {
            final Fd memory = memories.computeIfAbsent(
                    part.pid(), pid -> FileCalls.open("/proc/" + pid + "/mem", FileCalls.O_RDONLY));
            cut(part.memory())
                    .map(r -> new Portion(
                            memory,
                            r.address(),
                            r.size(),
                            part.offset() + r.address() - part.memory().address()))
                    .forEach(portions::add);
        }
        return new ContentsDump(List.copyOf(memories.values()), portions);
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

    private static List<Range> withoutHoles(final Fd own, final List<Range> ranges) {
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
        return portions.stream().mapToLong(Portion::size).sum();
    }

    Workers.Worker worker(final BlockWriter writer) {
        return new Workers.Worker() {
            @Override
            public void process(final int piece) {
                final Portion portion = portions.get(piece);
                FileCalls.readFully(portion.from, writer.buffer().asSlice(0, portion.size), portion.at);
                blocks[piece] = writer.write((int) portion.size, null);
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
            contents.addExtentOffset(portions.get(i).offset).addExtentBlock(blocks[i]);
        }
    }

    @Override
    public void close() {
        own.forEach(Fd::close);
    }
}
