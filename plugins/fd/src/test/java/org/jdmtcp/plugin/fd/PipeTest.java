package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jdmtcp.spi.linux.FileCalls.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.PipeCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipes and FIFOs with what waits in them, by the real kernel. */
final class PipeTest {
    private static final String EAGAIN = "-11";

    private final TestComputation computation = new TestComputation();
    private final Scratch scratch = new Scratch();
    private final Pipe kind = new Pipe(scratch);
    private final Fifo fifoKind = new Fifo(scratch);

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        scratch.close();
        computation.views.values().forEach(view -> view.open().close());
    }

    private PipeState[] inspect(final Fd... ends) {
        for (final Fd end : ends) {
            computation.view(end);
        }
        return java.util.Arrays.stream(ends)
                .map(end -> kind.inspect(computation.view(end)).orElseThrow())
                .toArray(PipeState[]::new);
    }

    @Test
    void dataCapacityAndFlagsOfBothEndsComeBackAndTheDataStay() {
        final Fd[] ends = pipe(O_NONBLOCK);
        PipeCalls.setCapacity(ends[1], 1 << 18);
        final String text = "0123456789abcdef".repeat(8000);
        TestComputation.write(ends[1], text);
        final PipeState[] states = inspect(ends);
        assertThat(PipeCalls.available(ends[0])).isEqualTo(text.length());
        // The end without the data first.
        try (Fd write = kind.restore(states[1], computation);
                Fd read = kind.restore(states[0], computation)) {
            scratch.close();
            assertThat(PipeCalls.capacity(read)).isEqualTo(1 << 18);
            assertThat(StatusFlags.of(read)).isEqualTo(StatusFlags.of(ends[0]));
            assertThat(StatusFlags.of(write)).isEqualTo(StatusFlags.of(ends[1]));
            assertThat(TestComputation.read(read, 200_000)).isEqualTo(text);
            assertThat(TestComputation.read(read, 1)).isEqualTo(EAGAIN);
            TestComputation.write(write, "more");
            assertThat(TestComputation.read(read, 10)).isEqualTo("more");
            write.close();
            assertThat(TestComputation.read(read, 10)).isEmpty();
        }
    }

    /** Stream bytes that the kernel appends nothing to, unlike those of a plain write. */
    private static void writeAlone(final Fd write, final String text) {
        final Fd[] other = pipe(0);
        TestComputation.write(other[1], text);
        assertThat(PipeCalls.tee(other[0], write, text.length())).isEqualTo(text.length());
    }

    @Test
    void packetBoundariesComeBackAlsoAmongStreamBytes() {
        final Fd[] ends = pipe(O_NONBLOCK);
        writeAlone(ends[1], "stream");
        StatusFlags.set(ends[1], O_NONBLOCK | O_DIRECT);
        TestComputation.write(ends[1], "packet");
        TestComputation.write(ends[1], "1");
        TestComputation.write(ends[1], "another");
        writeAlone(ends[1], "tail");
        TestComputation.write(ends[1], "2");
        final PipeState state = inspect(ends)[0];
        assertThat(state.getData().getPiecesList())
                .extracting(piece -> piece.getData().toStringUtf8() + piece.getPacket())
                .containsExactly("streamfalse", "packettrue", "1true", "anothertrue", "tailfalse", "2true");
        final PipeState[] states = {state, inspect(ends)[1]};
        try (Fd read = kind.restore(states[0], computation);
                Fd write = kind.restore(states[1], computation)) {
            assertThat(StatusFlags.of(write)).isEqualTo(StatusFlags.of(ends[1]));
            for (final Fd end : new Fd[] {ends[0], read}) {
                assertThat(TestComputation.read(end, 3)).isEqualTo("str");
                assertThat(TestComputation.read(end, 100)).isEqualTo("eampacket");
                assertThat(TestComputation.read(end, 100)).isEqualTo("1");
                assertThat(TestComputation.read(end, 3)).isEqualTo("ano");
                assertThat(TestComputation.read(end, 100)).isEqualTo("tail2");
                assertThat(TestComputation.read(end, 100)).isEqualTo(EAGAIN);
            }
        }
    }

    @Test
    void aFullPipeOfPacketsComesBack() {
        final Fd[] ends = pipe(O_NONBLOCK | O_DIRECT);
        for (int i = 0; i < 16; i++) {
            TestComputation.write(ends[1], "packet" + i);
        }
        final PipeState[] states = inspect(ends);
        try (Fd read = kind.restore(states[0], computation);
                Fd write = kind.restore(states[1], computation)) {
            for (int i = 0; i < 16; i++) {
                assertThat(TestComputation.read(read, 100)).isEqualTo("packet" + i);
            }
            assertThat(StatusFlags.of(write) & O_DIRECT).isNotZero();
        }
    }

    @Test
    void aClosedEndStaysClosed() {
        final Fd[] ends = pipe(O_NONBLOCK);
        TestComputation.write(ends[1], "last words");
        ends[1].close();
        final PipeState state = inspect(ends[0])[0];
        try (Fd read = kind.restore(state, computation)) {
            scratch.close();
            assertThat(TestComputation.read(read, 100)).isEqualTo("last words");
            assertThat(TestComputation.read(read, 100)).isEmpty();
        }
        final Fd[] others = pipe(0);
        others[0].close();
        final PipeState writer = inspect(others[1])[0];
        try (Fd write = kind.restore(writer, computation)) {
            scratch.close();
            assertThat(PipeCalls.poll(write, 0)).isEqualTo(PipeCalls.POLLERR);
        }
    }

    @Test
    void anEndOutsideIsRefusedByName() {
        final Fd[] ends = pipe(0);
        assertThatThrownBy(() -> kind.inspect(computation.view(ends[0])))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("write end")
                .hasMessageContaining("less (pid 812)");
        final Fd[] others = pipe(0);
        assertThatThrownBy(() -> kind.inspect(computation.view(others[1])))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("read end");
    }

    @Test
    void anEndOpenedBothWaysComesBack() {
        final Fd[] ends = pipe(0);
        try (Fd both = StatusFlags.reopen(ends[0], O_RDWR | O_NONBLOCK)) {
            TestComputation.write(both, "x");
            final PipeState state = inspect(both)[0];
            try (Fd again = kind.restore(state, computation)) {
                scratch.close();
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(both));
                assertThat(TestComputation.read(again, 10)).isEqualTo("x");
                TestComputation.write(again, "y");
                assertThat(TestComputation.read(again, 10)).isEqualTo("y");
            }
        }
    }

    private Path fifo() {
        final Path path = directory.resolve("fifo");
        makeFifo(path.toString(), 0640);
        return path;
    }

    @Test
    void aFifoIsMadeAgainWithItsData() throws IOException {
        final Path path = fifo();
        try (Fd read = open(path.toString(), O_RDONLY | O_NONBLOCK);
                Fd write = open(path.toString(), O_WRONLY)) {
            TestComputation.write(write, "waiting");
            computation.view(write);
            final FifoState reader = fifoKind.inspect(computation.view(read)).orElseThrow();
            final FifoState writer = fifoKind.inspect(computation.view(write)).orElseThrow();
            Files.delete(path);
            try (Fd writeAgain = fifoKind.restore(writer, computation);
                    Fd readAgain = fifoKind.restore(reader, computation)) {
                scratch.close();
                assertThat(StatusFlags.of(readAgain)).isEqualTo(StatusFlags.of(read));
                assertThat(StatusFlags.of(writeAgain)).isEqualTo(StatusFlags.of(write));
                assertThat(TestComputation.read(readAgain, 100)).isEqualTo("waiting");
                assertThat(linkStatus(path.toString()).orElseThrow().permissions())
                        .isEqualTo(0640);
                writeAgain.close();
                assertThat(PipeCalls.poll(readAgain, 0)).isEqualTo(PipeCalls.POLLHUP);
            }
        }
    }

    @Test
    void aReaderThatNeverMetAWriterIsNotHungUp() {
        final Path path = fifo();
        try (Fd waiting = open(path.toString(), O_RDONLY | O_NONBLOCK)) {
            final FifoState state = fifoKind.inspect(computation.view(waiting)).orElseThrow();
            try (Fd again = fifoKind.restore(state, computation)) {
                scratch.close();
                assertThat(PipeCalls.poll(again, 0)).isZero();
                open(path.toString(), O_WRONLY | O_NONBLOCK).close();
                assertThat(PipeCalls.poll(again, 0)).isEqualTo(PipeCalls.POLLHUP);
                final Fifo nextRound = new Fifo(scratch);
                final FifoState left =
                        nextRound.inspect(computation.view(again)).orElseThrow();
                try (Fd third = nextRound.restore(left, computation)) {
                    scratch.close();
                    assertThat(PipeCalls.poll(third, 0)).isEqualTo(PipeCalls.POLLHUP);
                }
            }
        }
    }

    @Test
    void aFifoWithoutANameComesBackWithoutOne() throws IOException {
        final Path path = fifo();
        try (Fd both = open(path.toString(), O_RDWR | O_NONBLOCK)) {
            Files.delete(path);
            TestComputation.write(both, "x");
            final FifoState state = fifoKind.inspect(computation.view(both)).orElseThrow();
            try (Fd again = fifoKind.restore(state, computation)) {
                assertThat(TestComputation.read(again, 10)).isEqualTo("x");
                assertThat(directory).isEmptyDirectory();
            }
        }
    }
}
