package org.jdmtcp.core.image;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The fixed parts of an image, little endian.
 *
 * <pre>
 * header, 4096 bytes                         trailer, 64 bytes
 *    0  magic "\u007fJDMTCP\n"                  0  magic of the header
 *    8  u32 format version                      8  u64 offset of the metadata
 *   12  u32 flags, all unknown ones 0          16  u64 size of the metadata
 *   16  u64 size of the file; 0: unfinished    24  u64 size of the file
 *   24  zeros                                  32  u32 CRC32C of the metadata
 * 4092  u32 CRC32C of all before it            36  zeros
 *                                              60  u32 CRC32C of all before it
 * </pre>
 *
 * The blocks of data stand between the header and the metadata, the trailer is the end of the file; there are no gaps.
 */
final class ImageFormat {
    /** The newest format that this program reads, and the one that it writes. */
    static final int VERSION = 1;

    /** Bytes of the header: a page of every architecture that has pages of 4 KiB. */
    static final int HEADER_SIZE = 4096;

    static final int TRAILER_SIZE = 64;

    /** Most bytes of a block before compression: it should stay in the processor's cache from reading to writing. */
    static final int BLOCK_SIZE = 1 << 20;

    static final long FLAGS = 12;
    static final long HEADER_FILE_SIZE = 16;

    private static final byte[] MAGIC = "\u007fJDMTCP\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final long FORMAT_VERSION = 8;
    private static final long HEADER_CRC = HEADER_SIZE - 4;
    private static final long METADATA_OFFSET = 8;
    private static final long METADATA_SIZE = 16;
    private static final long FILE_SIZE = 24;
    private static final long METADATA_CRC = 32;
    private static final long TRAILER_CRC = TRAILER_SIZE - 4;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    private ImageFormat() {}

    /** What the trailer says; offsets and sizes in bytes. */
    record Trailer(long metadataOffset, long metadataSize, long fileSize, int metadataCrc) {}

    static int crc(final MemorySegment bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes.asByteBuffer());
        return (int) crc.getValue();
    }

    static void writeHeader(final MemorySegment header, final long fileSize) {
        header.fill((byte) 0);
        writeMagic(header);
        header.set(INT, FORMAT_VERSION, VERSION);
        header.set(LONG, HEADER_FILE_SIZE, fileSize);
        header.set(INT, HEADER_CRC, crc(header.asSlice(0, HEADER_CRC)));
    }

    static void writeTrailer(final MemorySegment trailer, final Trailer contents) {
        trailer.fill((byte) 0);
        writeMagic(trailer);
        trailer.set(LONG, METADATA_OFFSET, contents.metadataOffset());
        trailer.set(LONG, METADATA_SIZE, contents.metadataSize());
        trailer.set(LONG, FILE_SIZE, contents.fileSize());
        trailer.set(INT, METADATA_CRC, contents.metadataCrc());
        trailer.set(INT, TRAILER_CRC, crc(trailer.asSlice(0, TRAILER_CRC)));
    }

    private static void writeMagic(final MemorySegment at) {
        MemorySegment.copy(MAGIC, 0, at, ValueLayout.JAVA_BYTE, 0, MAGIC.length);
    }

    /** Whether the bytes, which may be fewer than the magic, begin like an image. */
    static boolean looksLikeImage(final MemorySegment start) {
        final long n = Math.min(start.byteSize(), MAGIC.length);
        return n > 0
                && start.asSlice(0, n).mismatch(MemorySegment.ofArray(MAGIC).asSlice(0, n)) == -1;
    }

    static int version(final MemorySegment header) {
        return header.get(INT, FORMAT_VERSION);
    }

    static int flags(final MemorySegment header) {
        return header.get(INT, FLAGS);
    }

    static long fileSize(final MemorySegment header) {
        return header.get(LONG, HEADER_FILE_SIZE);
    }

    static boolean headerIsSound(final MemorySegment header) {
        return header.get(INT, HEADER_CRC) == crc(header.asSlice(0, HEADER_CRC));
    }

    static boolean trailerIsSound(final MemorySegment trailer) {
        return looksLikeImage(trailer) && trailer.get(INT, TRAILER_CRC) == crc(trailer.asSlice(0, TRAILER_CRC));
    }

    static Trailer readTrailer(final MemorySegment trailer) {
        return new Trailer(
                trailer.get(LONG, METADATA_OFFSET),
                trailer.get(LONG, METADATA_SIZE),
                trailer.get(LONG, FILE_SIZE),
                trailer.get(INT, METADATA_CRC));
    }
}
