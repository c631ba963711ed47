package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.NotificationCalls;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups and marks of fanotify, with the kernel's own. */
final class FanotifyTest {
    private static final int FAN_CLASS_CONTENT = 4;
    private static final int FAN_NONBLOCK = 2;
    private static final int FAN_OPEN = 0x20;
    private static final int FAN_CLOSE_WRITE = 8;
    private static final int FAN_MARK_ADD = 1;
    private static final int FAN_MARK_MOUNT = 0x10;
    private static final int FAN_MARK_IGNORED_MASK = 0x20;
    private static final int FAN_MARK_FILESYSTEM = 0x100;

    private final TestComputation computation = new TestComputation();
    private final Fanotify kind = new Fanotify(new WatchedFiles());

    @TempDir
    private Path folder;

    @BeforeEach
    void needsRoot() {
        assumeTrue(ProcessCalls.effectiveUid() == 0, "fanotify takes CAP_SYS_ADMIN");
    }

    private static void mark(final Fd group, final int flags, final int mask, final String path) {
        try (Arena arena = Arena.ofConfined()) {
            Linux.call(
                    SystemCall.FANOTIFY_MARK,
                    group.number(),
                    FAN_MARK_ADD | flags,
                    mask,
                    FileCalls.AT_FDCWD,
                    Linux.cString(arena, path).address(),
                    0);
        }
    }

    private static List<String> info(final Fd group) {
        return ProcText.lines("/proc/self/fdinfo/" + group.number())
                .filter(line -> line.startsWith("fanotify"))
                .sorted()
                .toList();
    }

    @Test
    void groupAndMarksComeBack() throws IOException {
        final String file = Files.createFile(folder.resolve("a")).toString();
        try (Fd group = NotificationCalls.fanotify(FAN_NONBLOCK, FileCalls.O_RDWR)) {
            mark(group, 0, FAN_OPEN | FAN_CLOSE_WRITE, file);
            mark(group, FAN_MARK_IGNORED_MASK, FAN_OPEN, folder.toString());
            mark(group, FAN_MARK_MOUNT, FAN_CLOSE_WRITE, "/dev/shm");
            mark(group, FAN_MARK_FILESYSTEM, FAN_CLOSE_WRITE, "/sys");
            final FanotifyState state = kind.inspect(computation.view(group)).orElseThrow();
            try (Fd again = kind.restore(state, computation)) {
                kind.attach(state, computation.restored(again, 500));
                kind.markAll();
                assertThat(info(again)).hasSize(5).isEqualTo(info(group));
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(group));
            }
        }
    }

    @Test
    void oneWithEventsIsRefused() throws IOException {
        final String file = Files.createFile(folder.resolve("a")).toString();
        try (Fd group = NotificationCalls.fanotify(0, 0)) {
            mark(group, 0, FAN_OPEN, file);
            FileCalls.open(file, FileCalls.O_RDONLY).close();
            assertThatThrownBy(() -> kind.inspect(computation.view(group)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("has events waiting");
        }
    }

    @Test
    void oneThatGivesPermissionIsRefused() {
        try (Fd group = NotificationCalls.fanotify(FAN_CLASS_CONTENT, 0)) {
            assertThatThrownBy(() -> kind.inspect(computation.view(group)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("asked for permission");
        }
    }
}
