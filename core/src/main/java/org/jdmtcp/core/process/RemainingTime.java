package org.jdmtcp.core.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.x86_64.Registers;
import org.jdmtcp.spi.linux.MemoryCalls;

/** Gives a call that has to be made again what is left of its time. */
final class RemainingTime {
    private static final long NANOS = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int TIMESPEC_SIZE = 16;
    /** What a function may use below its stack pointer: System V ABI for AMD64, 3.2.2. */
    private static final int RED_ZONE = 128;

    private static final int ROOM = 64;
    private static final int SS_ONSTACK = 1;
    private static final int SS_DISABLE = 2;

    private RemainingTime() {}

    /**
     * A copy of registers that are about to make the call again.
     *
     * @param again the registers
     * @param alternateStack the thread's {@code stack_t}
     */
    static Registers apply(
            final Tracee thread, final Tracee.Wait wait, final Registers again, final ByteBuffer alternateStack) {
        final int argument = wait.limit().argument();
        final long waited = Math.max(0, System.nanoTime() - wait.began());
        return switch (wait.limit().form()) {
            case MILLISECONDS -> {
                final long limit = (int) again.argument(argument) * NANOS_PER_MILLI;
                final long left = Math.max(0, limit - waited);
                yield again.withArgument(argument, (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
            }
            case TIMESPEC ->
                shorten(thread, again.argument(argument), waited, room(again, alternateStack))
                        .map(address -> again.withArgument(argument, address))
                        .orElse(again);
        };
    }

    // The program's own timespec may be a constant, or be used again. So the new one goes where a signal's frame would
    // go, at any moment: nothing that the program counts on can be there.
    private static long room(final Registers registers, final ByteBuffer stack) {
        final int flags = stack.getInt(8);
        final boolean isFree = (flags & (SS_DISABLE | SS_ONSTACK)) == 0;
        final long top = isFree ? stack.getLong(0) + stack.getLong(16) : registers.stackPointer() - RED_ZONE;
        return (top - ROOM) & -TIMESPEC_SIZE;
    }

    /** The address of what is left; empty where the program's memory cannot be used. */
    private static Optional<Long> shorten(final Tracee thread, final long limit, final long waited, final long room) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment timespec = arena.allocate(TIMESPEC_SIZE, 8);
            if (MemoryCalls.readRaw(thread.tid(), limit, timespec) != TIMESPEC_SIZE) {
                return Optional.empty();
            }
            final long seconds = timespec.get(ValueLayout.JAVA_LONG, 0);
            if (seconds > Long.MAX_VALUE / NANOS - 1) {
                return Optional.empty();
            }
            final long left = Math.max(0, seconds * NANOS + timespec.get(ValueLayout.JAVA_LONG, 8) - waited);
            timespec.set(ValueLayout.JAVA_LONG, 0, left / NANOS);
            timespec.set(ValueLayout.JAVA_LONG, 8, left % NANOS);
            return MemoryCalls.writeRaw(thread.tid(), room, timespec) == TIMESPEC_SIZE
                    ? Optional.of(room)
                    : Optional.empty();
        }
    }
}
