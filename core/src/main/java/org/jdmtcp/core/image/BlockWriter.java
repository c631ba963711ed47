package org.jdmtcp.core.image;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jdmtcp.core.image.message.Block;
import org.jdmtcp.core.image.message.PageRuns;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jspecify.annotations.Nullable;

/** A thread's way of bringing blocks into an image: its buffers and its compressor. Used by the thread that made it. */
final class BlockWriter implements AutoCloseable {
    private final ImageFile file;
    private final Codec codec;
    private final BlockCodec compressor;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment raw = MemoryCalls.allocate(arena, ImageFormat.BLOCK_SIZE);
    private final MemorySegment compressed = MemoryCalls.allocate(arena, ImageFormat.BLOCK_SIZE);

    BlockWriter(final ImageFile file, final Codec codec, final int level) {
        this.file = file;
        this.codec = codec;
        this.compressor = BlockCodec.of(codec, level);
    }

    /** The buffer for a block's bytes before compression: whole pages. */
    MemorySegment buffer() {
        return raw;
    }

    /**
     * Writes what is in the buffer.
     *
     * @param size bytes, more than 0
     * @param pages which memory it is; null for file contents
     * @return the block's index
     */
    int write(final int size, final @Nullable PageRuns pages) {
        final Block.Builder block = Block.newBuilder().setRawSize(size);
        if (pages != null) {
            block.setPages(pages);
        }
        // Compression that saves less than a sixteenth is not worth the decompression.
        final int n = compressor.compress(raw.asSlice(0, size), compressed.asSlice(0, size - size / 16));
        if (n >= 0) {
            return file.append(block.setCompressed(true), compressed.asSlice(0, n));
        }
        return file.append(block, raw.asSlice(0, codec == Codec.NONE ? padded(size) : size));
    }

    /** Fills up to a page boundary, so that the next block begins at one. */
    private int padded(final int size) {
        final int padded = Math.ceilDiv(size, Linux.PAGE_SIZE) * Linux.PAGE_SIZE;
        raw.asSlice(size, padded - size).fill((byte) 0);
        return padded;
    }

    @Override
    public void close() {
        compressor.close();
        arena.close();
    }
}
