package org.jdmtcp.plugin.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.view.MappingView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files in memory: made again where they are gone, set back where they are not, left alone where others own them. */
final class MemoryFileTest {
    private final TestHost host = new TestHost();
    private Path file = Path.of("/dev/shm");

    @BeforeEach
    void make() throws IOException {
        file = Files.createTempFile(Path.of("/dev/shm"), "jdmtcp-unit-", "");
        Files.writeString(file, "as it was");
    }

    @AfterEach
    void remove() throws IOException {
        Files.deleteIfExists(file);
    }

    private MemoryFileState inspect(final boolean written) {
        final MappingView mapping = mock(MappingView.class);
        final Fd fd = FileCalls.open(file.toString(), FileCalls.O_RDONLY);
        final long inode = FileCalls.status(fd).inode();
        final long kept = host.keepContents(fd, 9);
        when(mapping.path()).thenReturn(file.toString());
        when(mapping.inode()).thenReturn(inode);
        when(mapping.keepContents(9)).thenReturn(kept);
        when(mapping.places())
                .thenReturn(List.of(new MappingView.Place(
                        host, 0, 4096, 1, true, 0, 4096, written ? List.of("rd", "mw") : List.of("rd"))));
        return new MemoryFile().inspect(mapping).orElseThrow();
    }

    private void restore(final MemoryFileState state) {
        new MemoryFile().restore(state, host).orElseThrow().close();
    }

    @Test
    void isMadeAgainWithItsPermissions() throws IOException {
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r-----"));
        final MemoryFileState state = inspect(true);
        Files.delete(file);
        restore(state);
        assertThat(file).hasContent("as it was");
        assertThat(FileCalls.status(file.toString()).orElseThrow().permissions())
                .isEqualTo(0640);
    }

    @Test
    void isSetBackWhereItChanged() throws IOException {
        final MemoryFileState state = inspect(true);
        Files.writeString(file, "changed, and longer now");
        restore(state);
        assertThat(file).hasContent("as it was");
    }

    @Test
    void isLeftAloneWhereAllOnlyRead() throws IOException {
        final MemoryFileState state = inspect(false);
        Files.writeString(file, "changed, and longer now");
        restore(state);
        assertThat(file).hasContent("changed, and longer now");
    }

    @Test
    void aFolderInItsPlaceIsRefused() throws IOException {
        final MemoryFileState state = inspect(true);
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> restore(state)).isInstanceOf(Refusal.class).hasMessageContaining("another one now");
    }
}
