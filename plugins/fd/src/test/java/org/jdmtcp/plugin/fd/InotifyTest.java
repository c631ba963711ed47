package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.NotificationCalls;
import org.jdmtcp.spi.linux.PipeCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches and events of inotify, with the kernel's own. */
final class InotifyTest {
    private static final int IN_MODIFY = 2;
    private static final int IN_DELETE_SELF = 0x400;
    private static final int IN_IGNORED = 0x8000;
    private static final int IN_Q_OVERFLOW = 0x4000;
    private static final int IN_ONESHOT = 0x8000_0000;

    private final TestComputation computation = new TestComputation();
    private final Scratch scratch = new Scratch();
    private final Inotify kind = new Inotify(new WatchedFiles(), scratch);

    @TempDir
    private Path folder;

    private record Event(int watch, int mask) {}

    private String file(final String name) throws IOException {
        return Files.writeString(folder.resolve(name), name).toString();
    }

    private Fd again(final Fd inotify) {
        final InotifyState state = kind.inspect(computation.view(inotify)).orElseThrow();
        final Fd restored = kind.restore(state, computation);
        kind.attach(state, computation.restored(restored, 500));
        return restored;
    }

    private static List<Event> events(final Fd inotify) {
        final List<Event> events = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(1 << 16, 8);
            while (PipeCalls.available(inotify) > 0) {
                final long n = FileCalls.read(inotify, buffer);
                for (long at = 0; at < n; at += 16 + buffer.get(ValueLayout.JAVA_INT, at + 12)) {
                    events.add(
                            new Event(buffer.get(ValueLayout.JAVA_INT, at), buffer.get(ValueLayout.JAVA_INT, at + 4)));
                }
            }
        }
        return events;
    }

    private static List<String> watches(final Fd inotify) {
        try (Stream<String> lines = ProcText.lines("/proc/self/fdinfo/" + inotify.number())) {
            return lines.filter(line -> line.startsWith("inotify")).sorted().toList();
        }
    }

    @Test
    void numbersMasksAndGapsComeBack() throws IOException {
        try (Fd inotify = NotificationCalls.inotify(FileCalls.O_NONBLOCK)) {
            for (final String name : List.of("a", "b", "c", "d")) {
                NotificationCalls.addWatch(inotify, file(name), IN_MODIFY);
            }
            NotificationCalls.addWatch(inotify, file("e"), IN_MODIFY | IN_ONESHOT);
            NotificationCalls.removeWatch(inotify, 1);
            NotificationCalls.removeWatch(inotify, 3);
            events(inotify);
            try (Fd again = again(inotify)) {
                kind.watchAll();
                assertThat(watches(again)).hasSize(3).isEqualTo(watches(inotify));
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(inotify));
                assertThat(events(again)).isEmpty();
                file("b");
                assertThat(events(again)).contains(new Event(2, IN_MODIFY));
                assertThat(NotificationCalls.addWatch(again, file("f"), IN_MODIFY))
                        .isEqualTo(6);
            }
        }
    }

    @Test
    void unreadEventsAreLeftAloneAndReportedAsLost() throws IOException {
        try (Fd inotify = NotificationCalls.inotify(0)) {
            NotificationCalls.addWatch(inotify, file("a"), IN_MODIFY);
            file("a");
            final int waiting = PipeCalls.available(inotify);
            try (Fd again = again(inotify)) {
                assertThat(PipeCalls.available(inotify)).isEqualTo(waiting);
                kind.watchAll();
                assertThat(events(again)).containsExactly(new Event(-1, IN_Q_OVERFLOW));
                file("a");
                assertThat(events(again)).contains(new Event(1, IN_MODIFY));
            }
        }
    }

    @Test
    void whatIsMissingIsReportedAsDeleted() throws IOException {
        try (Fd inotify = NotificationCalls.inotify(0)) {
            NotificationCalls.addWatch(inotify, file("a"), IN_MODIFY | IN_DELETE_SELF);
            NotificationCalls.addWatch(inotify, folder.toString(), IN_DELETE_SELF);
            try (Fd again = again(inotify)) {
                Files.delete(folder.resolve("a"));
                kind.watchAll();
                assertThat(events(again)).containsExactly(new Event(1, IN_DELETE_SELF), new Event(1, IN_IGNORED));
                assertThat(watches(again)).hasSize(1);
            }
        }
    }

    @Test
    void aDeletedFileIsWatchedThroughItsDescriptor() throws IOException {
        try (Fd inotify = NotificationCalls.inotify(0);
                Fd open = FileCalls.open(file("a"), FileCalls.O_RDWR)) {
            NotificationCalls.addWatch(inotify, folder.resolve("a").toString(), IN_MODIFY);
            Files.delete(folder.resolve("a"));
            computation.view(open);
            try (Fd again = again(inotify)) {
                kind.watchAll();
                TestComputation.write(open, "x");
                assertThat(events(again)).containsExactly(new Event(1, IN_MODIFY));
            }
        }
    }

    @Test
    void whatCannotBeFoundIsRefusedByName() throws IOException {
        try (Fd inotify = NotificationCalls.inotify(0);
                Fd open = FileCalls.open(file("a"), FileCalls.O_RDWR)) {
            NotificationCalls.addWatch(inotify, folder.resolve("a").toString(), IN_MODIFY);
            Files.delete(folder.resolve("a"));
            assertThat(open.number()).isPositive(); // keeps the file
            assertThatThrownBy(() -> kind.inspect(computation.view(inotify)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("of test (pid 4711) watches inode")
                    .hasMessageContaining("remove the watch");
        }
    }

    @Test
    void theSearchFindsWhatAHandleWouldTell() throws IOException {
        Files.createDirectories(folder.resolve("deep/er"));
        final String path = file("deep/er/file");
        final long inode = FileCalls.status(path).orElseThrow().inode();
        final InodeSearch search = new InodeSearch(Stream.of(folder.toString()));
        assertThat(search.find(inode, path::equals)).contains(path);
        assertThat(search.find(inode, path::equals)).contains(path);
        final long ofFolder = FileCalls.status(folder.toString()).orElseThrow().inode();
        assertThat(search.find(ofFolder, folder.toString()::equals)).contains(folder.toString());
    }
}
