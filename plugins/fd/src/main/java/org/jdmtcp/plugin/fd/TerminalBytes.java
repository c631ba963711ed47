package org.jdmtcp.plugin.fd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;

/**
 * Reads and writes of a terminal with O_NONBLOCK. The kernel passes what is written to the other side in a work queue of its
 * own, soon but not at once, and has no call that waits for it: so the effect is watched for.
 */
final class TerminalBytes {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private TerminalBytes() {}

    /** What one read gives; nothing where nothing is there, at an end of file, and where the other side is closed. */
    static byte[] read(final Fd terminal, final int most) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(most);
            final long n = FileCalls.read(terminal, buffer);
            if (n == -Errno.EAGAIN || n == -Errno.EIO) {
                return new byte[0];
            }
            Linux.check(n, "read of a terminal");
            return buffer.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Writes all, as room is made. @throws LinuxException EAGAIN where none is made for seconds */
    static void write(final Fd terminal, final byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment all = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, all, ValueLayout.JAVA_BYTE, 0, bytes.length);
            final long[] done = {0};
            while (done[0] < bytes.length) {
                final long before = done[0];
                await("room", () -> {
                    final long n = FileCalls.write(terminal, all.asSlice(before, bytes.length - before));
                    done[0] += n == -Errno.EAGAIN ? 0 : Linux.check(n, "write to a terminal");
                    return done[0] > before;
                });
            }
        }
    }

    /** Waits for what the kernel is about to do. @throws LinuxException EAGAIN where it does not come for seconds */
    static void await(final String what, final BooleanSupplier condition) {
        final long end = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new LinuxException("no " + what + " at a terminal", Errno.EAGAIN);
            }
            Thread.yield();
        }
    }
}
