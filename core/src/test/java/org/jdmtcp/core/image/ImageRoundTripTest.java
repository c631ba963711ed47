package org.jdmtcp.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdmtcp.core.image.MemorySource.Comparison;
import org.jdmtcp.core.image.PageRun.Kind;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageRoundTripTest {
    private static final int PAGE = TestMemory.PAGE;
    private static final int PAGES = 1500;

    @TempDir
    Path directory;

    private Path image() {
        return directory.resolve("image");
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void memoryComesBack(final Codec codec) {
        try (TestMemory memory = TestMemory.anonymous(PAGES)) {
            memory.fillRandom(1, 400, 1);
            memory.fillText(600, 700);
            memory.page(900).fill((byte) 0);
            memory.fillRandom(PAGES - 1, 1, 2);
            final byte[] before = memory.copy();
            final ImageSummary summary;
            final AtomicLong progress = new AtomicLong();
            try (ImageWriter writer = ImageWriter.create(image(), codec)) {
                writer.onProgress(progress::set);
                writer.memory(memory.source());
                summary = writer.finish();
            }
            assertThat(progress.get()).isGreaterThan(0);
            assertThat(summary.memory()).isEqualTo((400 + 699 + 1L) * PAGE);
            assertThat(summary.fileSize()).isEqualTo(image().toFile().length());
            if (codec != Codec.NONE) {
                assertThat(summary.fileSize()).isLessThan(summary.memory());
            }
            memory.bytes().fill((byte) 0x55);
            for (int i = 0; i < PAGES; i++) {
                memory.advise(i, 1, 4);
            }
            try (ImageReader reader = ImageReader.open(image())) {
                reader.verify();
                assertThat(reader.codec()).isEqualTo(codec);
                assertThat(reader.runs()).allMatch(run -> run.kind() == Kind.DATA);
                assertThat(reader.runs()).hasSize(4);
                reader.load(ProcessCalls.self(), List.of(memory.range()));
            }
            assertThat(memory.copy()).isEqualTo(before);
        }
    }

    @Test
    void theImageIsForItsOwnerOnlyAndNeverReplacesAFile() throws Exception {
        ImageWriter.create(image(), Codec.NONE).finish();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(image())))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> ImageWriter.create(image(), Codec.NONE))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("EEXIST");
        assertThatThrownBy(() -> ImageWriter.create(directory.resolve("none/image"), Codec.NONE))
                .hasMessageContaining("cannot be created")
                .hasMessageContaining("ENOENT");
    }

    @Test
    void aWriterThatDoesNotFinishLeavesNothing() {
        try (TestMemory memory = TestMemory.anonymous(3);
                ImageWriter writer = ImageWriter.create(image(), Codec.NONE)) {
            memory.fillRandom(0, 3, 1);
            writer.memory(memory.source());
            assertThat(image()).exists();
        }
        assertThat(image()).doesNotExist();
    }

    @Test
    void rawPiecesSayWhereThePagesStand() {
        try (TestMemory memory = TestMemory.anonymous(600)) {
            memory.fillRandom(10, 500, 3);
            try (ImageWriter writer = ImageWriter.create(image(), Codec.NONE)) {
                writer.memory(memory.source());
                writer.finish();
            }
            try (ImageReader reader = ImageReader.open(image());
                    TestMemory copy = TestMemory.anonymous(600)) {
                final List<RawPiece> pieces =
                        reader.rawPieces(List.of(new Range(memory.address() + 100L * PAGE, 300L * PAGE)));
                for (final RawPiece piece : pieces) {
                    assertThat(piece.fileOffset() % PAGE).isZero();
                    FileCalls.readFully(
                            reader.fd(),
                            copy.bytes().asSlice(piece.address() - memory.address(), piece.size()),
                            piece.fileOffset());
                }
                assertThat(pieces.stream().mapToLong(RawPiece::size).sum()).isEqualTo(300L * PAGE);
                final long mismatch = MemorySegment.mismatch(
                        copy.bytes(), 100L * PAGE, 400L * PAGE, memory.bytes(), 100L * PAGE, 400L * PAGE);
                assertThat(mismatch).isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void zerosOverAFileAreWrittenBack(final Codec codec) throws Exception {
        final Path file = Files.writeString(directory.resolve("mapped"), "x".repeat(8 * PAGE));
        try (Fd fd = FileCalls.open(file.toString(), FileCalls.O_RDONLY);
                TestMemory memory = TestMemory.ofFile(fd, 8)) {
            memory.page(2).fill((byte) 0);
            memory.page(3).fill((byte) 0);
            memory.fillRandom(5, 1, 4);
            final byte[] before = memory.copy();
            try (ImageWriter writer = ImageWriter.create(image(), codec)) {
                writer.memory(memory.source());
                writer.finish();
            }
            memory.advise(0, 8, 4);
            try (ImageReader reader = ImageReader.open(image())) {
                assertThat(reader.runs())
                        .containsExactly(
                                new PageRun(memory.address() + 2L * PAGE, 2, Kind.ZERO),
                                new PageRun(memory.address() + 5L * PAGE, 1, Kind.DATA));
                reader.load(ProcessCalls.self(), List.of(memory.range()));
            }
            assertThat(memory.copy()).isEqualTo(before);
        }
    }

    @Test
    void memoryThatTheProgramItselfMayNotReadIsSaved() {
        try (TestMemory memory = TestMemory.anonymous(4);
                TestMemory readable = TestMemory.anonymous(4)) {
            memory.fillRandom(0, 4, 5);
            readable.fillRandom(0, 4, 6);
            final byte[] before = memory.copy();
            memory.protect(MemoryCalls.PROT_NONE);
            try (ImageWriter writer = ImageWriter.create(image(), Codec.NONE)) {
                writer.memory(memory.source());
                writer.memory(readable.source());
                writer.finish();
            }
            memory.protect(MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE);
            memory.bytes().fill((byte) 1);
            try (ImageReader reader = ImageReader.open(image())) {
                reader.load(ProcessCalls.self(), List.of(memory.range()));
            }
            assertThat(memory.copy()).isEqualTo(before);
        }
    }

    @Test
    void whatIsTheParentsIsNotStored() throws Exception {
        final Process child = new ProcessBuilder("sleep", "60").start();
        try {
            final int pid = (int) child.pid();
            final long heap = HeapOf.process(pid);
            try (TestMemory parent = TestMemory.anonymousAt(heap, 8)) {
                parent.fillRandom(0, 7, 7);
                parent.page(3).fill((byte) 0);
                MemoryCalls.write(pid, heap, parent.bytes());
                // The child differs from its parent: page 1 changed, page 2 zero, page 5 not there at all.
                try (TestMemory other = TestMemory.anonymous(1)) {
                    MemoryCalls.write(pid, heap + 2L * PAGE, other.bytes());
                    other.fillRandom(0, 1, 8);
                    MemoryCalls.write(pid, heap + PAGE, other.bytes());
                }
                final List<Range> runs = List.of(new Range(heap, 5L * PAGE), new Range(heap + 6L * PAGE, 2L * PAGE));
                final Comparison comparison = new Comparison(
                        ProcessCalls.self(), List.of(parent.range()), List.of(new Range(heap, 7L * PAGE)));
                try (ImageWriter writer = ImageWriter.create(image(), Codec.NONE)) {
                    writer.memory(new MemorySource(pid, List.of(parent.area()), runs, comparison));
                    assertThat(writer.finish().shared()).isEqualTo(3L * PAGE);
                }
                try (ImageReader reader = ImageReader.open(image())) {
                    assertThat(reader.runs())
                            .containsExactly(
                                    new PageRun(heap, 1, Kind.PARENT),
                                    new PageRun(heap + PAGE, 1, Kind.DATA),
                                    new PageRun(heap + 2L * PAGE, 1, Kind.ABSENT),
                                    new PageRun(heap + 4L * PAGE, 1, Kind.PARENT),
                                    new PageRun(heap + 5L * PAGE, 1, Kind.ABSENT),
                                    new PageRun(heap + 6L * PAGE, 1, Kind.PARENT));
                }
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessThatEndedIsNamed() throws Exception {
        final Process child = new ProcessBuilder("true").start();
        child.waitFor();
        final int pid = (int) child.pid();
        try (ImageWriter writer = ImageWriter.create(image(), Codec.NONE)) {
            final var source = new MemorySource(
                    pid,
                    List.of(new MemorySource.Area(0x10000, 0x20000, false)),
                    List.of(new Range(0x10000, PAGE)),
                    null);
            assertThatThrownBy(() -> writer.memory(source))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("process " + pid + " ended");
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void contentsOfFilesComeBackWithTheirHoles(final Codec codec) throws Exception {
        final long size = 5_000_123;
        try (Fd file = FileCalls.memoryFile("source");
                Fd whole = FileCalls.memoryFile("whole");
                Fd parts = FileCalls.memoryFile("parts")) {
            FileCalls.truncate(file, size);
            final MemorySegment text = bytes("the contents of a file ".repeat(100_000));
            FileCalls.writeFully(file, text, 8192);
            FileCalls.writeFully(file, bytes("end"), size - 3);
            FileCalls.seek(file, 77, FileCalls.SEEK_SET);
            try (ImageWriter writer = ImageWriter.create(image(), codec)) {
                writer.contents(42, file, size);
                writer.fileContents("lib", file, List.of(new Range(0, 12288), new Range(size - 10, 4096)));
                writer.finish();
            }
            assertThat(FileCalls.seek(file, 0, FileCalls.SEEK_CUR)).isEqualTo(77);
            try (ImageReader reader = ImageReader.open(image())) {
                reader.verify();
                assertThat(reader.contentsSize(42)).contains(size);
                assertThat(reader.contentsSize(43)).isEmpty();
                reader.writeContents(42, whole);
                assertThat(content(whole)).isEqualTo(content(file));
                assertThat(FileCalls.seek(whole, 0, FileCalls.SEEK_DATA)).isEqualTo(8192);
                assertThat(reader.fileContentKeys()).containsExactly("lib");
                assertThat(reader.fileContentRanges("lib"))
                        .containsExactly(new Range(8192, 4096), new Range(size - 10, 10));
                assertThat(reader.fileContentSize("lib")).contains(size);
                reader.writeFileContents("lib", parts);
                assertThat(content(parts).length).isEqualTo((int) size);
            }
        }
    }

    private static MemorySegment bytes(final String text) {
        final MemorySegment segment = java.lang.foreign.Arena.ofAuto().allocate(text.length());
        MemorySegment.copy(
                text.getBytes(StandardCharsets.ISO_8859_1), 0, segment, ValueLayout.JAVA_BYTE, 0, text.length());
        return segment;
    }

    private static byte[] content(final Fd fd) throws Exception {
        return Files.readAllBytes(Path.of("/proc/self/fd/" + fd.number()));
    }

    @Test
    void sectionsAreKept() {
        try (ImageWriter writer = ImageWriter.create(image(), Codec.ZSTD)) {
            writer.section("unknown", new byte[] {1, 2, 3});
            writer.section("empty", new byte[0]);
            writer.finish();
        }
        try (ImageReader reader = ImageReader.open(image())) {
            assertThat(reader.sections()).containsExactlyInAnyOrder("unknown", "empty");
            assertThat(reader.section("unknown")).contains(new byte[] {1, 2, 3});
            assertThat(reader.section("none")).isEmpty();
            assertThat(reader.runs()).isEmpty();
        }
    }

    @Test
    void aFullDiskIsNamed() throws Exception {
        final Path mount = Files.createDirectory(directory.resolve("small"));
        final boolean mounted = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString())
                        .redirectErrorStream(true)
                        .start()
                        .waitFor()
                == 0;
        Assumptions.assumeTrue(mounted, "only root may mount");
        try (TestMemory memory = TestMemory.anonymous(PAGES);
                ImageWriter writer = ImageWriter.create(mount.resolve("image"), Codec.NONE)) {
            memory.fillRandom(0, PAGES, 9);
            assertThatThrownBy(() -> writer.memory(memory.source()))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("ENOSPC")
                    .hasMessageContaining("make room");
            writer.close();
            assertThat(mount).isEmptyDirectory();
        } finally {
            new ProcessBuilder("umount", mount.toString()).start().waitFor();
        }
    }
}
