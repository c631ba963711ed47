package org.jdmtcp.core.image;

import com.google.protobuf.InvalidProtocolBufferException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jdmtcp.core.image.message.Block;
import org.jdmtcp.core.image.message.ImageMetadata;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;

/** The checks from the first byte of a file to its parsed metadata, in the order in which they give the best message. */
final class ImageOpener {
    private final Path path;
    private final Fd fd;

    private ImageOpener(final Path path, final Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    static Fd openFile(final Path path) {
        try {
            return FileCalls.open(FileNames.bytes(path), FileCalls.O_RDONLY | FileCalls.O_NONBLOCK);
        } catch (final LinuxException e) {
            throw new ImageException(path, "cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Reads the metadata of an open file. */
    static ImageMetadata metadata(final Path path, final Fd fd, final FileStatus status) {
        final ImageOpener opener = new ImageOpener(path, fd);
        if (!status.isRegular()) {
            throw opener.refuse("is not a jdmtcp image: it is not a regular file");
        }
        try (Arena arena = Arena.ofConfined()) {
            opener.checkHeader(arena, status.size());
            return opener.readMetadata(arena, status.size());
        } catch (final LinuxException e) {
            throw new ImageException(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    private ImageException refuse(final String what) {
        return new ImageException(path, what);
    }

    private ImageException damaged(final String what) {
        return refuse("is damaged: " + what + "; restart from another copy of it");
    }

    private MemorySegment read(final Arena arena, final long offset, final long size) {
        final MemorySegment bytes = MemoryCalls.allocate(arena, size);
        FileCalls.readFully(fd, bytes, offset);
        return bytes;
    }

    private void checkHeader(final Arena arena, final long size) {
        final long present = Math.min(size, ImageFormat.HEADER_SIZE);
        if (present == 0) {
            throw refuse("is not a jdmtcp image: it is empty");
        }
        final MemorySegment header = read(arena, 0, present);
        if (!ImageFormat.looksLikeImage(header)) {
            throw refuse("is not a jdmtcp image: it begins otherwise");
        }
        if (present < ImageFormat.HEADER_SIZE) {
            throw refuse("is truncated: it has " + size + " bytes, and the header alone has " + ImageFormat.HEADER_SIZE
                    + "; the copy is incomplete");
        }
        // Before the checksum, since another version may have another header.
        final int version = ImageFormat.version(header);
        if (Integer.compareUnsigned(version, ImageFormat.VERSION) > 0) {
            throw refuse("was written by a newer jdmtcp (format " + Integer.toUnsignedString(version)
                    + "; this one reads up to " + ImageFormat.VERSION
                    + "), or is damaged; restart it with that jdmtcp");
        }
        if (!ImageFormat.headerIsSound(header) || version == 0) {
            throw damaged("the header does not match its checksum");
        }
        if (ImageFormat.flags(header) != 0) {
            throw refuse("was written by a newer jdmtcp: it uses a feature that this one does not know (flags 0x"
                    + Integer.toHexString(ImageFormat.flags(header)) + "); restart it with that jdmtcp");
        }
        checkSize(size, ImageFormat.fileSize(header));
    }

    private void checkSize(final long size, final long expected) {
        if (expected == 0) {
            throw refuse("was never finished: what wrote it ended before; use the checkpoint before it");
        }
        if (size < expected) {
            throw refuse(
                    "is truncated: it has " + size + " bytes and should have " + expected + "; the copy is incomplete");
        }
        if (size > expected) {
            throw damaged("it has " + size + " bytes and should have " + expected);
        }
    }

    private ImageMetadata readMetadata(final Arena arena, final long size) {
        final MemorySegment end = read(arena, size - ImageFormat.TRAILER_SIZE, ImageFormat.TRAILER_SIZE);
        if (!ImageFormat.trailerIsSound(end)) {
            throw damaged("the trailer does not match its checksum");
        }
        final ImageFormat.Trailer trailer = ImageFormat.readTrailer(end);
        final long offset = trailer.metadataOffset();
        if (trailer.fileSize() != size
                || offset < ImageFormat.HEADER_SIZE
                || trailer.metadataSize() < 1
                || trailer.metadataSize() > Integer.MAX_VALUE
                || offset != size - ImageFormat.TRAILER_SIZE - trailer.metadataSize()) {
            throw damaged("the trailer is not this file's");
        }
        final MemorySegment bytes = read(arena, offset, trailer.metadataSize());
        if (ImageFormat.crc(bytes) != trailer.metadataCrc()) {
            throw damaged("the metadata does not match its checksum");
        }
        try {
            final ImageMetadata metadata = ImageMetadata.parseFrom(bytes.asByteBuffer());
            check(metadata, offset);
            return metadata;
        } catch (final InvalidProtocolBufferException e) {
            throw new ImageException(path, "is damaged: the metadata cannot be understood: " + e.getMessage(), e);
        }
    }

    private void check(final ImageMetadata metadata, final long metadataOffset) {
        if (metadata.getPageSize() != Linux.PAGE_SIZE) {
            throw refuse("was written on a machine with pages of " + metadata.getPageSize() + " bytes; this one has "
                    + Linux.PAGE_SIZE);
        }
        long end = ImageFormat.HEADER_SIZE;
        for (final Block block : metadata.getBlocksList()) {
            if (block.getOffset() != end || !isSane(block)) {
                throw damaged("the table of its blocks contradicts itself");
            }
            end += block.getStoredSize();
        }
        if (end != metadataOffset) {
            throw damaged("the table of its blocks contradicts itself");
        }
    }

    /** Sizes as the writer makes them, so that fixed buffers are enough. */
    private static boolean isSane(final Block block) {
        final int raw = block.getRawSize();
        final int stored = block.getStoredSize();
        return raw > 0
                && raw <= ImageFormat.BLOCK_SIZE
                && stored > 0
                && stored <= ImageFormat.BLOCK_SIZE
                && (block.getCompressed() || stored >= raw);
    }
}
