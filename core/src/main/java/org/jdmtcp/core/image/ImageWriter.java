package org.jdmtcp.core.image;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jdmtcp.core.image.message.Contents;
import org.jdmtcp.core.image.message.ImageMetadata;
import org.jdmtcp.core.image.message.RunKind;
import org.jdmtcp.core.image.message.Section;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/**
 * Writes one image. {@link #memory}, {@link #contents}, {@link #fileContents} and {@link #section} may be called in any
 * order and as often as there is something, also from several threads, until {@link #finish}. Closing it without that
 * removes the file.
 *
 * <p>Every method throws {@link ImageException} where the file cannot be written (ENOSPC, EDQUOT, EIO, EFBIG) or the
 * source cannot be read (ESRCH: the process is gone).
 */
public final class ImageWriter implements AutoCloseable {
    private final ImageFile file;
    private final Codec codec;
    private final int level;
    private final PageTally tally = new PageTally();
    private final Map<String, byte[]> sections = new TreeMap<>();
    private final List<Contents> contents = new ArrayList<>();
    private long contentsBytes;
    private State state = State.WRITING;

    private enum State {
        WRITING,
        FINISHED,
        GIVEN_UP
    }

    private ImageWriter(final ImageFile file, final Codec codec, final int level) {
        this.file = file;
        this.codec = codec;
        this.level = level;
    }

    /** As {@link #create(Path, Codec, int)} with the codec's own level. */
    public static ImageWriter create(final Path temporary, final Codec codec) {
        return create(temporary, codec, codec.defaultLevel());
    }

    /** Makes the file, which must not exist, for this user only. */
    public static ImageWriter create(final Path temporary, final Codec codec, final int level) {
        return new ImageWriter(ImageFile.create(temporary), codec, level);
    }

    /** Who is told, on any thread and after every block, how many bytes the file has by then. */
    public void onProgress(final LongConsumer bytesWritten) {
        file.onProgress(bytesWritten);
    }

    /** Stores memory of a process. An address must not be given twice over all calls. */
    public void memory(final MemorySource source) {
        requireUnfinished();
        try (MemoryDump dump = new MemoryDump(source)) {
            Workers.run(dump.size(), () -> new MemoryWorker(dump, newBlockWriter(), tally));
            dump.absent().forEach(range -> tally.add(RunKind.ABSENT, range.address(), range.size()));
        } catch (final LinuxException e) {
            final String what = e.isGone()
                    ? "cannot be completed: process " + source.pid() + " ended while its memory was being saved"
                    : "cannot be completed: memory of process " + source.pid() + " cannot be read: " + e.getMessage();
            throw new ImageException(file.path(), what, e);
        }
    }

    private BlockWriter newBlockWriter() {
        return new BlockWriter(file, codec, level);
    }

    /**
     * Stores a whole file under a number of the caller's; holes stay holes.
     *
     * @param from readable, or such that {@code /proc/self/fd} opens it for reading; its offset is not moved
     * @param size bytes; the file must have as many
     */
    public void contents(final long id, final Fd from, final long size) {
        store(
                Contents.newBuilder().setId(id).setSize(size),
                name(from),
                () -> ContentsDump.ofFile(from, List.of(new Range(0, size))));
    }

    /**
     * Stores an object of which processes have parts mapped, under a number of the caller's; what no part covers is a hole.
     *
     * @param parts sorted by offset, without overlap
     * @param size bytes of the whole
     */
    public void contents(final long id, final List<MappedPart> parts, final long size) {
        store(
                Contents.newBuilder().setId(id).setSize(size),
                () -> "shared memory",
                () -> ContentsDump.ofMappings(parts));
    }

    /** Stores parts of a file under a name of the caller's: sorted ranges of bytes, without holes and what is behind the end. */
    public void fileContents(final String key, final Fd from, final List<Range> ranges) {
        final long size = FileCalls.status(from).size();
        final List<Range> there = Ranges.intersect(ranges, List.of(new Range(0, size)));
        store(Contents.newBuilder().setKey(key).setSize(size), name(from), () -> ContentsDump.ofFile(from, there));
    }

    private static Supplier<String> name(final Fd file) {
        return () -> FileCalls.readLink("/proc/self/fd/" + file.number()).orElse("a file");
    }

    private void store(
            final Contents.Builder description, final Supplier<String> name, final Supplier<ContentsDump> source) {
        requireUnfinished();
        try (ContentsDump dump = source.get()) {
            Workers.run(dump.size(), () -> dump.worker(newBlockWriter()));
            dump.describe(description);
            synchronized (this) {
                contents.add(description.build());
                contentsBytes += dump.bytes();
            }
        } catch (final LinuxException e) {
            throw new ImageException(
                    file.path(),
                    "cannot be completed: the contents of " + name.get() + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    /** Stores a named message; a second one of the same name takes the place of the first. */
    public synchronized void section(final String name, final byte[] data) {
        requireUnfinished();
        sections.put(name, data.clone());
    }

    /** Stores a named message; a second one of the same name takes the place of the first. */
    public void section(final String name, final MessageLite message) {
        section(name, message.toByteArray());
    }

    /** Completes the file and brings it to the disk. The name in the directory is the caller's to sync. */
    public synchronized ImageSummary finish() {
        requireUnfinished();
        final byte[] metadata = metadata().toByteArray();
        final long offset = file.end();
        final long size = offset + metadata.length + ImageFormat.TRAILER_SIZE;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment end = arena.allocate(metadata.length + (long) ImageFormat.TRAILER_SIZE);
            final MemorySegment start = end.asSlice(0, metadata.length);
            MemorySegment.copy(metadata, 0, start, ValueLayout.JAVA_BYTE, 0, metadata.length);
            ImageFormat.writeTrailer(
                    end.asSlice(metadata.length),
                    new ImageFormat.Trailer(offset, metadata.length, size, ImageFormat.crc(start)));
            file.write(end, offset);
            final MemorySegment header = arena.allocate(ImageFormat.HEADER_SIZE);
            ImageFormat.writeHeader(header, size);
            file.write(header, 0);
        }
        file.sync();
        state = State.FINISHED;
        return new ImageSummary(
                size, tally.bytes(RunKind.DATA), tally.bytes(RunKind.ZERO), tally.bytes(RunKind.PARENT), contentsBytes);
    }

    private ImageMetadata metadata() {
        final ImageMetadata.Builder metadata = ImageMetadata.newBuilder()
                .setPageSize(Linux.PAGE_SIZE)
                .setCodec(codec.label())
                .addAllBlocks(file.blocks())
                .addAllOtherRuns(tally.toMessages())
                .addAllContents(contents);
        sections.forEach((name, data) ->
                metadata.addSections(Section.newBuilder().setName(name).setData(ByteString.copyFrom(data))));
        return metadata.build();
    }

    private synchronized void requireUnfinished() {
        if (state != State.WRITING) {
            throw new IllegalStateException(file.path() + " is written no more: " + state);
        }
    }

    /** Whether {@link #finish} is done. */
    public synchronized boolean isFinished() {
        return state == State.FINISHED;
    }

    /** The file's name as given. */
    public Path file() {
        return file.path();
    }

    Fd fd() {
        return file.fd();
    }

    /** Removes the file unless it was finished. */
    @Override
    public synchronized void close() {
        if (state == State.WRITING) {
            state = State.GIVEN_UP;
            FileCalls.unlink(FileNames.bytes(file.path()));
        }
        file.fd().close();
    }
}
