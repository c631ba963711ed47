package org.jdmtcp.core.image;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jdmtcp.core.image.message.Block;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;

/** A thread's way of getting at the blocks of an image: its buffers and its decompressor. Used by the thread that made it. */
final class BlockReader implements AutoCloseable {
    private final Path path;
    private final Fd fd;
    private final Codec codec;
    private final BlockCodec decompressor;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment stored = MemoryCalls.allocate(arena, ImageFormat.BLOCK_SIZE);
    private final MemorySegment raw = MemoryCalls.allocate(arena, ImageFormat.BLOCK_SIZE);

    BlockReader(final Path path, final Fd fd, final Codec codec) {
        this.path = path;
        this.fd = fd;
        this.codec = codec;
        this.decompressor = BlockCodec.of(codec, codec.defaultLevel());
    }

    /** The block as it stands in the file, compared with its checksum; valid until the next call. */
    MemorySegment readStored(final int index, final Block block) {
        final MemorySegment bytes = stored.asSlice(0, block.getStoredSize());
        try {
            // Not mapped: a file that someone truncates meanwhile would be a SIGBUS instead of an error.
            FileCalls.readFully(fd, bytes, block.getOffset());
        } catch (final LinuxException e) {
            throw new ImageException(path, "cannot be read: block " + index + ": " + e.getMessage(), e);
        }
        if (ImageFormat.crc(bytes) != block.getCrc32C()) {
            throw new ImageException(
                    path,
                    "is damaged: block " + index + " at offset " + block.getOffset()
                            + " does not match its checksum; restart from another copy of it");
        }
        return bytes;
    }

    /** The block's raw bytes; valid until the next call. */
    MemorySegment readRaw(final int index, final Block block) {
        final MemorySegment bytes = readStored(index, block);
        if (!block.getCompressed()) {
            return bytes.asSlice(0, block.getRawSize());
        }
        final MemorySegment result = raw.asSlice(0, block.getRawSize());
        if (!decompressor.decompress(bytes, result)) {
            throw new ImageException(
                    path,
                    "is damaged: block " + index + " at offset " + block.getOffset() + " is not valid " + codec.label()
                            + " data");
        }
        return result;
    }

    @Override
    public void close() {
        decompressor.close();
        arena.close();
    }
}
