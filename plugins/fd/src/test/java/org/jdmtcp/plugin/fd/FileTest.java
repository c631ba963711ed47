package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jdmtcp.spi.linux.FileCalls.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Regular files, with and without names, directories and O_PATH, by the real kernel. */
final class FileTest {
    private final TestComputation computation = new TestComputation();
    private final RegularFile kind = new RegularFile();

    @TempDir
    private Path directory;

    private Path file(final String text) throws IOException {
        return Files.writeString(directory.resolve("log"), text);
    }

    @Test
    void offsetAndFlagsComeBackAndNothingIsTruncated() throws IOException {
        final Path path = file("0123456789");
        try (Fd fd = open(path.toString(), O_RDWR | O_APPEND | O_NONBLOCK | O_CREAT)) {
            seek(fd, 4, SEEK_SET);
            final RegularFileState state = kind.inspect(computation.view(fd)).orElseThrow();
            Files.writeString(path, "0123456789 and more");
            try (Fd again = kind.restore(state, computation)) {
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(fd));
                assertThat(TestComputation.read(again, 100)).isEqualTo("456789 and more");
                assertThat(computation.warnings).isEmpty();
            }
        }
    }

    @Test
    void aFlagThatWouldDestroyDataIsNotRepeated() throws IOException {
        final Path path = file("precious");
        final RegularFileState state = RegularFileState.newBuilder()
                .setPath(BytePath.bytes(path.toString()))
                .setFlags(O_WRONLY | O_TRUNC | O_CREAT | O_EXCL)
                .build();
        kind.restore(state, computation).close();
        assertThat(path).hasContent("precious");
    }

    @Test
    void aRenamedFileIsFoundUnderItsNewName() throws IOException {
        final Path path = file("text");
        try (Fd fd = open(path.toString(), O_RDONLY)) {
            final Path moved = Files.move(path, directory.resolve("log.1 (deleted)"));
            final RegularFileState state = kind.inspect(computation.view(fd)).orElseThrow();
            assertThat(BytePath.of(state.getPath())).isEqualTo(moved.toString());
        }
    }

    @Test
    void aFileThatIsShorterNowWarns() throws IOException {
        final Path path = file("0123456789");
        try (Fd fd = open(path.toString(), O_WRONLY)) {
            seek(fd, 8, SEEK_SET);
            final RegularFileState state = kind.inspect(computation.view(fd)).orElseThrow();
            Files.writeString(path, "01");
            try (Fd again = kind.restore(state, computation)) {
                TestComputation.write(again, "x");
                assertThat(Files.readString(path)).isEqualTo("01\0\0\0\0\0\0x");
                assertThat(computation.warnings).singleElement().asString().contains("2 bytes", "byte 8 of 10");
            }
        }
    }

    @Test
    void aMissingFileAndAnotherTypeAreRefusedByName() throws IOException {
        final Path path = file("text");
        try (Fd fd = open(path.toString(), O_RDONLY)) {
            final RegularFileState state = kind.inspect(computation.view(fd)).orElseThrow();
            Files.delete(path);
            assertThatThrownBy(() -> kind.restore(state, computation))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("put it back");
            makeFifo(path.toString(), 0600);
            assertThatThrownBy(() -> kind.restore(state, computation))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("is a FIFO now");
        }
    }

    @Test
    void twoOpenFilesOfADeletedFileShareItAgain() throws IOException {
        final Path path = file("0123456789");
        try (Scratch scratch = new Scratch();
                Fd reader = open(path.toString(), O_RDONLY);
                Fd writer = open(path.toString(), O_WRONLY)) {
            chmod(path);
            Files.delete(path);
            seek(writer, 3, SEEK_SET);
            final UnlinkedFile unlinked = new UnlinkedFile(scratch);
            final var first = unlinked.inspect(computation.view(reader)).orElseThrow();
            final var second = unlinked.inspect(computation.view(writer)).orElseThrow();
            assertThat(kind.inspect(computation.view(reader))).isEmpty();
            assertThat(computation.contents).hasSize(1);
            try (Fd readAgain = unlinked.restore(first, computation);
                    Fd writeAgain = unlinked.restore(second, computation)) {
                TestComputation.write(writeAgain, "XY");
                assertThat(TestComputation.read(readAgain, 100)).isEqualTo("012XY56789");
                assertThat(StatusFlags.of(readAgain)).isEqualTo(StatusFlags.of(reader));
                assertThat(StatusFlags.of(writeAgain)).isEqualTo(StatusFlags.of(writer));
                assertThat(status(readAgain).links()).isZero();
                assertThat(status(readAgain).permissions()).isEqualTo(0400);
                assertThat(computation.view(readAgain).target())
                        .startsWith(directory.toString())
                        .endsWith(" (deleted)");
            }
        }
    }

    private static void chmod(final Path path) throws IOException {
        Files.setPosixFilePermissions(path, java.nio.file.attribute.PosixFilePermissions.fromString("r--------"));
    }

    @Test
    void aDeletedNameWithAnotherLinkIsKeptAndTold() throws IOException {
        final Path path = file("text");
        try (Scratch scratch = new Scratch();
                Fd fd = open(path.toString(), O_RDWR)) {
            Files.createLink(directory.resolve("other"), path);
            Files.delete(path);
            final UnlinkedFile unlinked = new UnlinkedFile(scratch);
            assertThat(kind.inspect(computation.view(fd))).isEmpty();
            final var state = unlinked.inspect(computation.view(fd)).orElseThrow();
            try (Fd again = unlinked.restore(state, computation)) {
                assertThat(TestComputation.read(again, 10)).isEqualTo("text");
                assertThat(computation.warnings).singleElement().asString().contains("a copy of its own");
            }
        }
    }

    @Test
    void anUnlinkedFileOfAGoneDirectoryIsMadeElsewhere() throws IOException {
        final Path path = Files.writeString(
                Files.createDirectory(directory.resolve("sub")).resolve("f"), "text");
        try (Scratch scratch = new Scratch();
                Fd fd = open(path.toString(), O_RDONLY)) {
            Files.delete(path);
            Files.delete(path.getParent());
            final UnlinkedFile unlinked = new UnlinkedFile(scratch);
            final var state = unlinked.inspect(computation.view(fd)).orElseThrow();
            try (Fd again = unlinked.restore(state, computation)) {
                assertThat(TestComputation.read(again, 10)).isEqualTo("text");
            }
        }
    }

    @Test
    void aMemoryFileIsNotClaimed() {
        try (Scratch scratch = new Scratch();
                Fd fd = memoryFile("m")) {
            assertThat(kind.inspect(computation.view(fd))).isEmpty();
            assertThat(new UnlinkedFile(scratch).inspect(computation.view(fd))).isEmpty();
        }
    }

    @Test
    void aFileOfProcAboutAProcessIsRefused() {
        try (Fd fd = open("/proc/self/maps", O_RDONLY)) {
            assertThatThrownBy(() -> kind.inspect(computation.view(fd))).isInstanceOf(Refusal.class);
        }
    }

    @Test
    void aDirectoryGoesOnWithItsListing() throws IOException {
        for (int i = 0; i < 20; i++) {
            Files.createFile(directory.resolve("f" + i));
        }
        final Directory kindOfDirectory = new Directory();
        try (Fd fd = open(directory.toString(), O_RDONLY | O_DIRECTORY)) {
            list(fd, 200);
            final DirectoryState state =
                    kindOfDirectory.inspect(computation.view(fd)).orElseThrow();
            assertThat(state.getPosition()).isPositive();
            try (Fd again = kindOfDirectory.restore(state, computation)) {
                assertThat(list(again, 4096)).isEqualTo(list(fd, 4096)).isNotEmpty();
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(fd));
            }
        }
    }

    private static String list(final Fd fd, final int most) {
        try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            final var buffer = arena.allocate(most, 8);
            final long n = org.jdmtcp.spi.linux.Linux.call(
                    org.jdmtcp.spi.linux.SystemCall.GETDENTS64, fd.number(), buffer.address(), most);
            return new String(
                    buffer.asSlice(0, n).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE),
                    java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void aRemovedDirectoryIsRefused() throws IOException {
        final Path sub = Files.createDirectory(directory.resolve("sub"));
        try (Fd fd = open(sub.toString(), O_RDONLY | O_DIRECTORY)) {
            Files.delete(sub);
            assertThatThrownBy(() -> new Directory().inspect(computation.view(fd)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("removed");
        }
    }

    @Test
    void aPathOfASymbolicLinkComesBack() throws IOException {
        final Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
        final PathOnly pathOnly = new PathOnly();
        try (Fd fd = open(link.toString(), O_PATH | O_NOFOLLOW)) {
            final PathOnlyState state = pathOnly.inspect(computation.view(fd)).orElseThrow();
            try (Fd again = pathOnly.restore(state, computation)) {
                assertThat(FileCalls.status(again).sameFile(FileCalls.status(fd)))
                        .isTrue();
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(fd));
            }
        }
    }
}
