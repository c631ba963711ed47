package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jdmtcp.plugin.fd.FileLocksState.Lock;
import org.jdmtcp.plugin.fd.FileLocksState.Type;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks of files and owners of their signals, with the kernel's own. */
final class FileLocksTest {
    private static final int LOCK_EX = 2;
    private static final int LOCK_UN = 8;
    private static final int F_SETLEASE = 1024;
    private static final int F_RDLCK = 0;
    private static final int F_UNLCK = 2;
    private static final int F_NOTIFY = 1026;
    private static final int F_SETOWN = 8;
    private static final int F_SETSIG = 10;

    private final TestComputation computation = new TestComputation();
    private final FileLocks kind = new FileLocks();

    @TempDir
    private Path folder;

    private Fd open(final int flags) throws IOException {
        final Path file = folder.resolve("file");
        if (!Files.exists(file)) {
            Files.writeString(file, "text");
        }
        return FileCalls.open(file.toString(), flags);
    }

    private FileLocksState state() {
        final LocalBatch batch = new LocalBatch();
        return kind.inquire(computation, batch).answer(batch.run()).orElse(FileLocksState.getDefaultInstance());
    }

    @Test
    void theKernelsLinesAreUnderstood() {
        assertThat(FileLock.parse("1: POSIX  ADVISORY  WRITE 812 fe:00:2146315 5 14", 7, "x"))
                .isEqualTo(Lock.newBuilder()
                        .setType(Type.RECORD)
                        .setNumber(7)
                        .setWrite(true)
                        .setStart(5)
                        .setLength(10)
                        .build());
        assertThat(FileLock.parse("2: OFDLCK ADVISORY  READ -1 fe:00:2146315 20 EOF", 7, "x"))
                .isEqualTo(Lock.newBuilder()
                        .setType(Type.OPEN_FILE)
                        .setNumber(7)
                        .setStart(20)
                        .build());
    }

    @Test
    void whatIsNotKnownIsRefused() {
        for (final String line : List.of(
                "1: LEASE  BREAKING  READ 812 fe:00:1 0 EOF", "1: DELEG  ACTIVE    READ 812 fe:00:1 0 EOF", "1: NEW")) {
            assertThatThrownBy(() -> FileLock.parse(line, 7, "fd 7 of cat"))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("fd 7 of cat");
        }
    }

    @Test
    void aFlockIsTakenAgain() throws IOException {
        try (Fd file = open(FileCalls.O_RDWR)) {
            computation.view(file);
            assertThat(state().getLocksList()).isEmpty();
            Linux.call(SystemCall.FLOCK, file.number(), LOCK_EX);
            final FileLocksState held = state();
            Linux.call(SystemCall.FLOCK, file.number(), LOCK_UN);
            kind.restore(held, computation, computation);
            assertThat(state()).isEqualTo(held);
            assertThat(held.getLocks(0).getType()).isEqualTo(Type.FLOCK);
        }
    }

    @Test
    void aLockThatSomebodyElseHasEndsTheRestart() throws IOException {
        try (Fd file = open(FileCalls.O_RDWR);
                Fd other = open(FileCalls.O_RDWR)) {
            Linux.call(SystemCall.FLOCK, other.number(), LOCK_EX);
            final FileLocksState state = FileLocksState.newBuilder()
                    .addLocks(Lock.newBuilder()
                            .setType(Type.FLOCK)
                            .setNumber(file.number())
                            .setWrite(true))
                    .build();
            // The process has the agent's own id here, so that the path can be found.
            assertThatThrownBy(() -> kind.restore(state, computation, computation))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("held an exclusive flock of " + folder.resolve("file"))
                    .hasMessageContaining("another program holds now");
        }
    }

    @Test
    void aLeaseIsTakenAgainAndItsSignal() throws IOException {
        try (Fd file = open(FileCalls.O_RDONLY)) {
            computation.view(file);
            Linux.check(FileCalls.fcntl(file.number(), F_SETLEASE, F_RDLCK), "F_SETLEASE");
            final FileLocksState held = state();
            Linux.check(FileCalls.fcntl(file.number(), F_SETLEASE, F_UNLCK), "F_SETLEASE");
            kind.restore(held, computation, computation);
            assertThat(state()).isEqualTo(held);
        }
    }

    @Test
    void ownersAreAskedForAndDnotifyIsRefused() throws IOException {
        final FileOwners owners = new FileOwners();
        final LocalBatch batch = new LocalBatch();
        try (Fd plain = open(FileCalls.O_RDONLY);
                Fd owned = open(FileCalls.O_RDONLY);
                Fd directory = FileCalls.open(folder.toString(), FileCalls.O_DIRECTORY)) {
            computation.view(plain);
            computation.view(owned);
            Linux.check(FileCalls.fcntl(owned.number(), F_SETOWN, computation.pid()), "F_SETOWN");
            Linux.check(FileCalls.fcntl(owned.number(), F_SETSIG, 40), "F_SETSIG");
            final FileOwnersState state =
                    owners.inquire(computation, batch).answer(batch.run()).orElseThrow();
            assertThat(state.getOwnersList()).hasSize(1);
            assertThat(state.getOwners(0).getSignal()).isEqualTo(40);
            assertThat(state.getOwners(0).getId()).isEqualTo(computation.pid());

            computation.view(directory);
            Linux.check(FileCalls.fcntl(directory.number(), F_NOTIFY, 1), "F_NOTIFY");
            final LocalBatch again = new LocalBatch();
            assertThatThrownBy(() -> owners.inquire(computation, again).answer(again.run()))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("dnotify");
        }
    }
}
