package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Calls on pipes and FIFOs of this process that do not change what is in them ({@code pipe(7)}). Safe on any thread. */
public final class PipeCalls {
    /** {@code poll(2)}: data can be read. */
    public static final int POLLIN = 1;
    /** {@code poll(2)}: for the master of a pseudo-terminal in packet mode, that a status waits. */
    public static final int POLLPRI = 2;
    /** {@code poll(2)}: can be written. */
    public static final int POLLOUT = 4;
    /** {@code poll(2)}: for the write end of a pipe, that no read end exists. */
    public static final int POLLERR = 8;
    /** {@code poll(2)}: for the read end of a pipe, that no write end exists (any more). */
    public static final int POLLHUP = 0x10;

    private static final int FIONREAD = 0x541B;
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int POLLFD_SIZE = 8;
    private static final int POLLFD_REVENTS = 6;

    private PipeCalls() {}

    /** Bytes waiting to be read. @throws LinuxException ENOTTY where it is neither pipe, socket nor terminal */
    public static int available(final Fd pipe) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment count = arena.allocate(4, 4);
            Linux.check(FileCalls.ioctl(pipe.number(), FIONREAD, count.address()), "ioctl(FIONREAD)");
            return count.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /**
     * {@code tee(2)} without waiting: copies what is in a pipe to the end of another, and leaves it in the first; packet
     * boundaries are kept.
     *
     * @param from a read end
     * @param to a write end of another pipe
     * @param size most bytes to copy
     * @return bytes copied; raw result ({@code -EAGAIN} where {@code from} is empty or {@code to} is full)
     */
    public static long tee(final Fd from, final Fd to, final long size) {
        return Linux.raw(SystemCall.TEE, from.number(), to.number(), size, SPLICE_F_NONBLOCK, 0, 0);
    }

    /** What {@code poll(2)} says at this moment: {@code POLL} bits, of which POLLERR and POLLHUP need not be asked for. */
    public static int poll(final Fd fd, final int events) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment pollFd = arena.allocate(POLLFD_SIZE, 8);
            pollFd.set(ValueLayout.JAVA_INT, 0, fd.number());
            pollFd.set(ValueLayout.JAVA_SHORT, 4, (short) events);
            Linux.call(SystemCall.POLL, pollFd.address(), 1, 0);
            return Short.toUnsignedInt(pollFd.get(ValueLayout.JAVA_SHORT, POLLFD_REVENTS));
        }
    }

    /** The capacity of a pipe in bytes ({@code F_GETPIPE_SZ}). @throws LinuxException EBADF where it is none */
    public static int capacity(final Fd pipe) {
        return (int) Linux.check(FileCalls.fcntl(pipe.number(), FileCalls.F_GETPIPE_SZ, 0), "fcntl(F_GETPIPE_SZ)");
    }

    /**
     * Sets the capacity in bytes ({@code F_SETPIPE_SZ}); raw result: the capacity that it got, {@code -EPERM} above
     * {@code /proc/sys/fs/pipe-max-size}, {@code -EBUSY} where its contents would not fit.
     */
    public static long setCapacity(final Fd pipe, final int bytes) {
        return FileCalls.fcntl(pipe.number(), FileCalls.F_SETPIPE_SZ, bytes);
    }
}
