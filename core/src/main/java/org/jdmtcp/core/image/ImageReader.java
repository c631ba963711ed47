package org.jdmtcp.core.image;

import com.google.protobuf.InvalidProtocolBufferException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.core.image.PageIndex.Place;
import org.jdmtcp.core.image.message.Block;
import org.jdmtcp.core.image.message.Contents;
import org.jdmtcp.core.image.message.ImageMetadata;
import org.jdmtcp.core.image.message.Section;
import org.jdmtcp.core.image.message.SetMembership;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.FileSystemCalls;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * Reads one image. What it says was checked against a checksum first. Safe on several threads; every method throws
 * {@link ImageException} where the file is not whole.
 */
public final class ImageReader implements AutoCloseable {
    private static final int WRITABLE_BY_OTHERS = 0022;

    private final Path path;
    private final Fd fd;
    private final FileStatus status;
    private final ImageMetadata metadata;
    private final Codec codec;
    private final PageIndex index;
    private final Map<Long, Contents> contents = new HashMap<>();
    private final ContentsIndex fileContents = new ContentsIndex();

    private ImageReader(final Path path, final Fd fd) {
        this.path = path;
        this.fd = fd;
        status = FileCalls.status(fd);
        metadata = ImageOpener.metadata(path, fd, status);
        try {
            codec = Codec.of(metadata.getCodec());
            index = PageIndex.of(metadata);
        } catch (final IllegalArgumentException e) {
            throw new ImageException(path, "is damaged or was written by a newer jdmtcp: " + e.getMessage(), e);
        }
        for (final Contents stored : metadata.getContentsList()) {
            if (stored.hasKey()) {
                fileContents.add(stored);
            } else {
                contents.put(stored.getId(), stored);
            }
        }
    }

    /** Opens an image and reads its metadata; the data blocks are not looked at. */
    public static ImageReader open(final Path file) {
        final Fd fd = ImageOpener.openFile(file);
        try {
            return new ImageReader(file, fd);
        } catch (final RuntimeException | Error e) {
            fd.close();
            throw e;
        }
    }

    /** Reads every block and compares it with its checksum. */
    public void verify() {
        Workers.run(metadata.getBlocksCount(), () -> new Verifier(newBlockReader(), metadata.getBlocksList()));
    }

    private record Verifier(BlockReader reader, List<Block> blocks) implements Workers.Worker {
        @Override
        public void process(final int piece) {
            reader.readStored(piece, blocks.get(piece));
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    private BlockReader newBlockReader() {
        return new BlockReader(path, fd, codec);
    }

    /** The file's name as given. */
    public Path file() {
        return path;
    }

    /** The open file, owned by this reader: to be handed to the process that reads {@link #rawPieces} itself. */
    public Fd fd() {
        return fd;
    }

    /** Size of the file, bytes. */
    public long fileSize() {
        return status.size();
    }

    /** How the image was compressed. */
    public Codec codec() {
        return codec;
    }

    /** Who else than this user could have written the file: a sentence for a warning; empty where nobody. */
    public Optional<String> doubt() {
        if (status.uid() != ProcessCalls.effectiveUid()) {
            return Optional.of(
                    path + " belongs to uid " + status.uid() + ", not to you: restart it only if you trust them");
        }
        if ((status.permissions() & WRITABLE_BY_OTHERS) != 0) {
            return Optional.of(path + " may be written by others than you (mode "
                    + Integer.toOctalString(status.permissions()) + "): restart it only if you trust them");
        }
        return Optional.empty();
    }

    /** The message of that name. */
    public Optional<byte[]> section(final String name) {
        return metadata.getSectionsList().stream()
                .filter(section -> section.getName().equals(name))
                .findFirst()
                .map(section -> section.getData().toByteArray());
    }

    /** All names of messages. */
    public Set<String> sections() {
        return metadata.getSectionsList().stream()
                .map(Section::getName)
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    /** To which checkpoint the image belongs; empty where it was written alone. */
    public Optional<SetIdentity> set() {
        return section(SetIdentity.SECTION).map(data -> {
            try {
                final SetMembership set = SetMembership.parseFrom(data);
                return new SetIdentity(set.getComputation(), set.getGeneration(), set.getMembersList());
            } catch (final InvalidProtocolBufferException e) {
                throw new ImageException(path, "is damaged: section \"set\": " + e.getMessage(), e);
            }
        });
    }

    /** All runs of pages, sorted by address, without overlap. */
    public List<PageRun> runs() {
        return index.runs();
    }

    /** Whether all page data stands in the file as it is, so that {@link #rawPieces} can be asked. */
    public boolean isRaw() {
        return codec == Codec.NONE;
    }

    /**
     * Where the DATA pages within some ranges stand in the file, sorted by address.
     *
     * @param wanted sorted, page-aligned
     * @throws IllegalStateException where the image is not {@linkplain #isRaw raw}: use {@link #load}
     */
    public List<RawPiece> rawPieces(final List<Range> wanted) {
        if (!isRaw()) {
            throw new IllegalStateException(path + " is compressed");
        }
        final List<RawPiece> pieces = new ArrayList<>();
        for (final Place place : index.within(wanted)) {
            if (place.block() != PageIndex.NO_BLOCK) {
                final long offset = metadata.getBlocks(place.block()).getOffset() + place.offset();
                addPiece(pieces, new RawPiece(place.run().address(), place.run().size(), offset));
            }
        }
        return pieces;
    }

    private static void addPiece(final List<RawPiece> pieces, final RawPiece piece) {
        final RawPiece last = pieces.isEmpty() ? null : pieces.getLast();
        if (last != null
                && last.address() + last.size() == piece.address()
                && last.fileOffset() + last.size() == piece.fileOffset()) {
            pieces.set(pieces.size() - 1, new RawPiece(last.address(), last.size() + piece.size(), last.fileOffset()));
        } else {
            pieces.add(piece);
        }
    }

    /**
     * Writes the DATA and ZERO pages within some ranges (sorted, page-aligned) into a process, which must have them
     * mapped writable. Checks the blocks that it reads. Any codec.
     *
     * @throws org.jdmtcp.spi.linux.LinuxException ESRCH, EPERM, EFAULT of {@code process_vm_writev(2)}
     */
    public void load(final int targetPid, final List<Range> wanted) {
        final MemoryLoad load = new MemoryLoad(targetPid, metadata.getBlocksList(), index.within(wanted));
        Workers.run(load.size(), () -> load.worker(newBlockReader()));
        load.writeZeros();
    }

    /** The size in bytes of the file that was stored under this number; empty where there is none. */
    public Optional<Long> contentsSize(final long id) {
        return Optional.ofNullable(contents.get(id)).map(Contents::getSize);
    }

    /**
     * Gives a file the size and the bytes that were stored under this number. It should be new or empty: holes are left
     * as they are. Its offset is not moved.
     *
     * @throws org.jdmtcp.spi.linux.LinuxException ENOSPC, EDQUOT, EFBIG, EIO, EBADF where it is not writable
     */
    public void writeContents(final long id, final Fd into) {
        final Contents stored = contents.get(id);
        if (stored == null) {
            throw new ImageException(path, "has no contents number " + id);
        }
        FileCalls.truncate(into, stored.getSize());
        writeExtents(stored, into, 0);
    }

    /** Writes the bytes that were stored under this number to where they were, counted from a place in a file. */
    public void writeContents(final long id, final Fd into, final long at) {
        final Contents stored = contents.get(id);
        if (stored == null) {
            throw new ImageException(path, "has no contents number " + id);
        }
        writeExtents(stored, into, at);
    }

    /** The names under which parts of files were stored. */
    public Set<String> fileContentKeys() {
        return fileContents.keys();
    }

    /** Which bytes are stored under a name, without the holes, sorted; empty for an unknown name. */
    public List<Range> fileContentRanges(final String key) {
        return fileContents.ranges(key, metadata.getBlocksList());
    }

    /** The file's size in bytes when parts of it were stored; empty for an unknown name. */
    public Optional<Long> fileContentSize(final String key) {
        return fileContents.size(key);
    }

    /** Writes the bytes stored under a name to where they were in the file, whose size may grow by that. */
    public void writeFileContents(final String key, final Fd into) {
        fileContents.of(key).forEach(stored -> writeExtents(stored, into, 0));
    }

    private void writeExtents(final Contents stored, final Fd into, final long at) {
        if (FileSystemCalls.isHuge(into)) {
            writeMapped(stored, into);
            return;
        }
        Workers.run(stored.getExtentBlockCount(), () -> new ExtentWriter(newBlockReader(), stored, metadata, into, at));
    }

    private void writeMapped(final Contents stored, final Fd into) {
        try (Arena arena = Arena.ofConfined();
                BlockReader reader = newBlockReader()) {
            final MemorySegment file =
                    MemoryCalls.mapWritable(arena, into, FileCalls.status(into).size());
            for (int i = 0; i < stored.getExtentBlockCount(); i++) {
                final int block = stored.getExtentBlock(i);
                final MemorySegment raw = reader.readRaw(block, metadata.getBlocks(block));
                MemorySegment.copy(raw, 0, file, stored.getExtentOffset(i), raw.byteSize());
            }
        }
    }

    private record ExtentWriter(BlockReader reader, Contents stored, ImageMetadata metadata, Fd into, long at)
            implements Workers.Worker {
        @Override
        public void process(final int piece) {
            final int block = stored.getExtentBlock(piece);
            FileCalls.writeFully(
                    into, reader.readRaw(block, metadata.getBlocks(block)), at + stored.getExtentOffset(piece));
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
