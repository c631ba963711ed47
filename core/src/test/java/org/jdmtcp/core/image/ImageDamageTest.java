package org.jdmtcp.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageDamageTest {
    @TempDir
    Path directory;

    private Path image;

    @BeforeEach
    void nameTheImage() {
        image = directory.resolve("ckpt_a.dmtcp");
    }

    private byte[] write(final Codec codec) throws IOException {
        Files.deleteIfExists(image);
        try (TestMemory memory = TestMemory.anonymous(4);
                Fd file = FileCalls.open("/proc/self/exe", FileCalls.O_RDONLY);
                ImageWriter writer = ImageWriter.create(image, codec)) {
            memory.fillRandom(0, 1, 1);
            memory.fillText(2, 1);
            writer.memory(memory.source());
            writer.fileContents("exe", file, List.of(new Range(0, 1000)));
            writer.section("one", new byte[] {1});
            writer.finish();
        }
        return Files.readAllBytes(image);
    }

    private static void readAll(final Path file) {
        try (ImageReader reader = ImageReader.open(file)) {
            reader.verify();
        }
    }

    private void refused(final byte[] bytes, final String... words) throws IOException {
        Files.write(image, bytes);
        assertThatThrownBy(() -> readAll(image))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith(image.toString())
                .satisfies(e -> assertThat(List.of(words)).allMatch(String.valueOf(e.getMessage())::contains));
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void everyFlippedByteIsNoticed(final Codec codec) throws IOException {
        final byte[] good = write(codec);
        readAll(image);
        for (int i = 0; i < good.length; i += i < 64 || i > good.length - 400 ? 1 : 41) {
            final byte[] bad = good.clone();
            bad[i] ^= (byte) (1 << i % 8);
            refused(bad);
        }
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        final byte[] good = write(Codec.NONE);
        refused(new byte[0], "is empty");
        for (int n = 1; n < good.length; n += n < 10 || n > good.length - 80 ? 1 : 101) {
            refused(java.util.Arrays.copyOf(good, n), "is truncated: it has " + n + " bytes", "the copy is incomplete");
        }
        refused(java.util.Arrays.copyOf(good, good.length + 1), "should have " + good.length);
    }

    @Test
    void aFlippedBlockIsNamed() throws IOException {
        final byte[] bad = write(Codec.NONE);
        bad[5000] ^= 1;
        refused(bad, "block 0 at offset 4096 does not match its checksum");
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        final byte[] newer = write(Codec.NONE);
        little(newer, buffer -> buffer.putInt(8, 99));
        refused(newer, "was written by a newer jdmtcp (format 99; this one reads up to 1)");
    }

    @Test
    void anUnfinishedImageIsRefused() throws IOException {
        final byte[] bytes = write(Codec.NONE);
        final var header = java.lang.foreign.MemorySegment.ofArray(new byte[ImageFormat.HEADER_SIZE]);
        ImageFormat.writeHeader(header, 0);
        System.arraycopy(header.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE), 0, bytes, 0, ImageFormat.HEADER_SIZE);
        refused(bytes, "was never finished");
    }

    @Test
    void foreignFilesAreRefused() throws IOException {
        refused(
                "#!/bin/sh\necho hello\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                "is not a jdmtcp image");
        refused(new byte[100_000], "is not a jdmtcp image");
        assertThatThrownBy(() -> ImageReader.open(directory)).hasMessageContaining("is not a jdmtcp image");
        assertThatThrownBy(() -> ImageReader.open(Path.of("/dev/zero"))).hasMessageContaining("is not a jdmtcp image");
        assertThatThrownBy(() -> ImageReader.open(directory.resolve("none")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("ENOENT");
    }

    @Test
    void anImageThatOthersMayWriteIsDoubted() throws IOException {
        write(Codec.NONE);
        try (ImageReader reader = ImageReader.open(image)) {
            assertThat(reader.doubt()).isEmpty();
        }
        Files.setPosixFilePermissions(image, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
        try (ImageReader reader = ImageReader.open(image)) {
            assertThat(reader.doubt())
                    .hasValueSatisfying(doubt -> assertThat(doubt).contains("mode 666"));
        }
    }

    private static void little(final byte[] bytes, final Consumer<ByteBuffer> change) {
        change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }
}
