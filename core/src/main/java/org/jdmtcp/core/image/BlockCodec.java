package org.jdmtcp.core.image;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Compresses and decompresses single blocks between native buffers. Made per thread, since the compressors' states are
 * reused from block to block.
 */
sealed interface BlockCodec extends AutoCloseable {
    /**
     * Compresses a block.
     *
     * @return the size in bytes of the result, or -1 where it does not fit into {@code into}
     */
    int compress(MemorySegment from, MemorySegment into);

    /** Whether {@code from} was a compressed block of exactly the size of {@code into}, and is in there now. */
    boolean decompress(MemorySegment from, MemorySegment into);

    @Override
    void close();

    static BlockCodec of(final Codec codec, final int level) {
        return switch (codec) {
            case NONE -> new None();
            case ZSTD -> new Zstandard(level);
            case LZ4 -> new Lz4();
            case GZIP -> new Deflate(level);
        };
    }

    /** Nothing fits: every block is stored as it is. */
    record None() implements BlockCodec {
        @Override
        public int compress(final MemorySegment from, final MemorySegment into) {
            return -1;
        }

        @Override
        public boolean decompress(final MemorySegment from, final MemorySegment into) {
            return false;
        }

        @Override
        public void close() {}
    }

    /** One frame per block. */
    final class Zstandard implements BlockCodec {
        private final ZstdCompressCtx compressor = new ZstdCompressCtx();
        private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();

        Zstandard(final int level) {
            compressor.setLevel(level).setChecksum(false);
        }

        @Override
        public int compress(final MemorySegment from, final MemorySegment into) {
            try {
                return compressor.compressDirectByteBuffer(
                        into.asByteBuffer(), 0, (int) into.byteSize(), from.asByteBuffer(), 0, (int) from.byteSize());
            } catch (final ZstdException e) {
                // The only failure of compressing memory is a result that does not fit.
                return -1;
            }
        }

        @Override
        public boolean decompress(final MemorySegment from, final MemorySegment into) {
            try {
                final int n = decompressor.decompressDirectByteBuffer(
                        into.asByteBuffer(), 0, (int) into.byteSize(), from.asByteBuffer(), 0, (int) from.byteSize());
                return n == into.byteSize();
            } catch (final ZstdException e) {
                return false;
            }
        }

        @Override
        public void close() {
            compressor.close();
            decompressor.close();
        }
    }

    /** The block format, without frames. */
    final class Lz4 implements BlockCodec {
        private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
        private final LZ4SafeDecompressor decompressor =
                LZ4Factory.fastestInstance().safeDecompressor();

        @Override
        public int compress(final MemorySegment from, final MemorySegment into) {
            try {
                return compressor.compress(
                        from.asByteBuffer(), 0, (int) from.byteSize(), into.asByteBuffer(), 0, (int) into.byteSize());
            } catch (final LZ4Exception e) {
                return -1;
            }
        }

        @Override
        public boolean decompress(final MemorySegment from, final MemorySegment into) {
            try {
                final int n = decompressor.decompress(
                        from.asByteBuffer(), 0, (int) from.byteSize(), into.asByteBuffer(), 0, (int) into.byteSize());
                return n == into.byteSize();
            } catch (final LZ4Exception e) {
                return false;
            }
        }

        @Override
        public void close() {}
    }

    /** Deflate without a wrapper: the block has its own checksum. */
    final class Deflate implements BlockCodec {
        private final Deflater deflater;
        private final Inflater inflater = new Inflater(true);

        Deflate(final int level) {
            deflater = new Deflater(level, true);
        }

        @Override
        public int compress(final MemorySegment from, final MemorySegment into) {
            deflater.reset();
            deflater.setInput(from.asByteBuffer());
            deflater.finish();
            final ByteBuffer out = into.asByteBuffer();
            while (!deflater.finished() && out.hasRemaining()) {
                deflater.deflate(out);
            }
            return deflater.finished() ? out.position() : -1;
        }

        @Override
        public boolean decompress(final MemorySegment from, final MemorySegment into) {
            inflater.reset();
            inflater.setInput(from.asByteBuffer());
            final ByteBuffer out = into.asByteBuffer();
            try {
                while (out.hasRemaining() && !inflater.finished()) {
                    if (inflater.inflate(out) == 0 && inflater.needsInput()) {
                        return false;
                    }
                }
                return !out.hasRemaining();
            } catch (final DataFormatException e) {
                return false;
            }
        }

        @Override
        public void close() {
            deflater.end();
            inflater.end();
        }
    }
}
