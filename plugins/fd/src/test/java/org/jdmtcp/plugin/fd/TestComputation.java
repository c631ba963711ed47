package org.jdmtcp.plugin.fd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.OpenDescriptor;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.RestoredDescriptor;
import org.jdmtcp.spi.view.ThreadView;

/** A computation of one process, this one: some of its descriptors as the engine would show them, and a restart of them. */
final class TestComputation implements RestoreContext, ProcessView {
    final Map<Integer, View> views = new LinkedHashMap<>();
    final List<String> warnings = new ArrayList<>();
    final List<byte[]> contents = new ArrayList<>();
    final Map<Integer, Fd> streams = new LinkedHashMap<>();
    List<String> droppedInfo = List.of();

    /** The view of a descriptor that is a member of the computation from now on. */
    View view(final Fd fd) {
        return views.computeIfAbsent(fd.number(), View::new);
    }

    RestoredDescriptor restored(final Fd fd, final int firstFree) {
        return new RestoredDescriptor() {
            private int free = firstFree;

            @Override
            public ProcessView process() {
                return TestComputation.this;
            }

            @Override
            public int number() {
                return fd.number();
            }

            @Override
            public int freeNumber() {
                return free++;
            }
        };
    }

    @Override
    public int pid() {
        return ProcessCalls.self();
    }

    @Override
    public int ownPid() {
        return 4711;
    }

    @Override
    public String command() {
        return "test";
    }

    @Override
    public RemoteBatch batch() {
        return new LocalBatch();
    }

    @Override
    public List<ThreadView> threads() {
        return List.of();
    }

    @Override
    public List<OpenDescriptor> descriptors() {
        return views.values().stream()
                .map(view -> new OpenDescriptor(
                        view.number(),
                        view,
                        true,
                        view.info().stream()
                                .filter(line -> line.startsWith("lock:"))
                                .map(line -> line.substring("lock:".length()).strip())
                                .toList()))
                .toList();
    }

    @Override
    public List<byte[]> pendingSignals() {
        return List.of();
    }

    @Override
    public ClockTimes clocksAtCheckpoint() {
        return ClockTimes.now();
    }

    @Override
    public Fd standardStream(final int number) {
        return java.util.Objects.requireNonNull(streams.get(number)).duplicate();
    }

    @Override
    public void writeContents(final long contentsId, final Fd into) {
        try (Arena arena = Arena.ofConfined()) {
            FileCalls.writeFully(into, arena.allocateFrom(ValueLayout.JAVA_BYTE, contents.get((int) contentsId)), 0);
        }
    }

    @Override
    public Fd openFile(final long id) {
        throw new AssertionError("nothing of this plugin looks into queues");
    }

    @Override
    public Maker maker(final int pid, final int uid, final int gid) {
        throw new AssertionError("nothing of this plugin needs a maker");
    }

    @Override
    public String terminalRoot() {
        return "";
    }

    @Override
    public RuntimeException taken(final String what) {
        return new IllegalStateException(what + " is taken");
    }

    @Override
    public void warn(final String message) {
        warnings.add(message);
    }

    static void write(final Fd fd, final String text) {
        try (Arena arena = Arena.ofConfined()) {
            final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            final long n = FileCalls.write(fd, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
            if (n != bytes.length) {
                throw new AssertionError("write: " + n);
            }
        }
    }

    /** What one read returns; an error as {@code "-11"}. */
    static String read(final Fd fd, final int most) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(most);
            final long n = FileCalls.read(fd, buffer);
            return n < 0
                    ? Long.toString(n)
                    : new String(buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
        }
    }

    final class View implements DescriptorView {
        private final int number;
        OptionalInt stream = OptionalInt.empty();
        private final Fd borrowed;

        View(final int number) {
            this.number = number;
            this.borrowed = FileCalls.duplicate(number);
        }

        @Override
        public ProcessView process() {
            return TestComputation.this;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public List<Holder> holders() {
            return List.of(new Holder(TestComputation.this, number, true));
        }

        @Override
        public String target() {
            return FileCalls.readLink("/proc/self/fd/" + number).orElseThrow();
        }

        @Override
        public FileStatus status() {
            return FileCalls.status(borrowed);
        }

        @Override
        public int flags() {
            return StatusFlags.of(borrowed);
        }

        @Override
        public long position() {
            return FileCalls.seek(borrowed, 0, FileCalls.SEEK_CUR);
        }

        @Override
        public List<String> info() {
            try {
                return Files.readAllLines(Path.of("/proc/self/fdinfo/" + number)).stream()
                        .skip(4)
                        .filter(line -> droppedInfo.stream().noneMatch(line::startsWith))
                        .toList();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Fd open() {
            return borrowed;
        }

        @Override
        public OptionalInt standardStream() {
            return stream;
        }

        @Override
        public List<DescriptorView> others() {
            return views.values().stream()
                    .filter(view -> view != this && view.status().sameFile(status()))
                    .map(DescriptorView.class::cast)
                    .toList();
        }

        @Override
        public List<DescriptorView> computation() {
            return List.copyOf(views.values());
        }

        @Override
        public OptionalInt member(final int id) {
            return id == pid() ? OptionalInt.of(ownPid()) : OptionalInt.empty();
        }

        @Override
        public List<String> outsiders() {
            return List.of("less (pid 812)");
        }

        @Override
        public long keepContents(final long size) {
            try (Arena arena = Arena.ofConfined();
                    Fd file = StatusFlags.reopen(borrowed, FileCalls.O_RDONLY)) {
                final MemorySegment buffer = arena.allocate(size);
                FileCalls.readFully(file, buffer, 0);
                contents.add(buffer.toArray(ValueLayout.JAVA_BYTE));
                return contents.size() - 1;
            }
        }

        @Override
        public long inFlight(final Fd found) {
            throw new AssertionError("nothing of this plugin looks into queues");
        }

        @Override
        public String describe() {
            return "fd " + number + " (" + target() + ") of test (pid 4711)";
        }
    }
}
