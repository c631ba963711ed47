package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * The signals sent to this process, read from a {@code signalfd(2)}. They must be blocked in every thread, which only the
 * launcher script can see to; elsewhere there is no source.
 */
final class SignalSource implements AutoCloseable {
    /** {@code struct signalfd_siginfo}: linux/signalfd.h. */
    private static final int SIZE = 128;

    private static final int SSI_CODE = 8;
    private static final int SSI_PID = 12;
    private static final int SSI_PTR = 48;
    private static final int SFD_NONBLOCK = FileCalls.O_NONBLOCK;
    private static final int SFD_CLOEXEC = FileCalls.O_CLOEXEC;
    private static final int MASK_SIZE = 8;
    private static final long NEEDED =
            Signal.bit(Signal.SIGCHLD) | Signal.bit(Signal.SIGTERM) | Signal.bit(Signal.SIGINT);

    private final Fd fd;
    private final MemorySegment buffer = Arena.ofAuto().allocate(SIZE, 8);

    private SignalSource(final Fd fd) {
        this.fd = fd;
    }

    /** The source of all signals that are blocked; empty where they are not. */
    static Optional<SignalSource> open() {
        final long blocked = Status.read(ProcessCalls.self()).blocked();
        if ((blocked & NEEDED) != NEEDED) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK_SIZE, 8);
            mask.set(ValueLayout.JAVA_LONG, 0, blocked);
            final long result =
                    Linux.call(SystemCall.SIGNALFD4, -1, mask.address(), MASK_SIZE, SFD_NONBLOCK | SFD_CLOEXEC, 0, 0);
            return Optional.of(new SignalSource(new Fd((int) result)));
        }
    }

    Fd fd() {
        return fd;
    }

    /** The next one that is there. */
    Optional<ReceivedSignal> next() {
        final long n = FileCalls.read(fd, buffer);
        if (n == -Errno.EAGAIN || n == -Errno.EINTR) {
            return Optional.empty();
        }
        Linux.check(n, "read(signalfd)");
        return Optional.of(new ReceivedSignal(
                buffer.get(ValueLayout.JAVA_INT, 0),
                buffer.get(ValueLayout.JAVA_INT, SSI_CODE),
                buffer.get(ValueLayout.JAVA_INT, SSI_PID),
                buffer.get(ValueLayout.JAVA_LONG, SSI_PTR)));
    }

    @Override
    public void close() {
        fd.close();
    }
}
