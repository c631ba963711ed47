package org.jdmtcp.coordinator.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
    @TempDir
    Path home;

    private SecretFile file() throws IOException {
        return SecretFile.locate(Map.of("HOME", home.toString()), SecretFile.effectiveUid(), home.resolve("tmp"));
    }

    private static byte[] fingerprint(Secret secret) {
        return secret.authenticate(new byte[1]);
    }

    @Test
    void isMadeOnceForThisUserOnly() throws IOException {
        Secret first = file().open();
        assertThat(fingerprint(file().open())).isEqualTo(fingerprint(first));
        Path path = home.resolve(".dmtcp/secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(path.getParent())) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void allWhoMakeItAtOnceGetTheSame() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<byte[]> open = () -> fingerprint(file().open());
            List<byte[]> all = threads.invokeAll(Collections.nCopies(20, open)).stream()
                    .map(Future::resultNow)
                    .toList();
            assertThat(all).allMatch(f -> Arrays.equals(f, all.getFirst()));
        }
    }

    @Test
    void whatOthersCouldHaveTouchedIsRefused() throws IOException {
        file().open();
        Path path = home.resolve(".dmtcp/secret");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> file().open()).hasMessageContaining("open to others");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> file().open()).hasMessageContaining("chmod 700");
        Files.setPosixFilePermissions(path.getParent(), PosixFilePermissions.fromString("rwx------"));
        Path elsewhere = Files.move(path, home.resolve("elsewhere"));
        Files.createSymbolicLink(path, elsewhere);
        assertThatThrownBy(() -> file().open()).hasMessageContaining("not a regular file");
        Files.delete(path);
        Files.writeString(path, "short");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> file().open()).hasMessageContaining("64 hexadecimal digits");
    }

    @Test
    void aHomeOfSomebodyElseIsNotUsed() throws IOException {
        int stranger = SecretFile.effectiveUid() + 1;
        Path temporary = home.resolve("tmp");
        assertThat(SecretFile.locate(Map.of("HOME", home.toString()), stranger, temporary)
                        .path())
                .isEqualTo(temporary.resolve("dmtcp-" + stranger).resolve("secret"));
        assertThat(SecretFile.locate(Map.of("DMTCP_SECRET_FILE", "/x/y"), stranger, temporary)
                        .path())
                .isEqualTo(Path.of("/x/y"));
    }
}
