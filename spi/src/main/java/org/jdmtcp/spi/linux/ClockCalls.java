package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Clocks ({@code clock_gettime(2)}). Times are in nanoseconds. Safe on any thread. */
public final class ClockCalls {
    public static final int CLOCK_REALTIME = 0;
    public static final int CLOCK_MONOTONIC = 1;
    public static final int CLOCK_MONOTONIC_COARSE = 6;
    public static final int CLOCK_BOOTTIME = 7;

    /** Nanoseconds of a second. */
    public static final long SECOND = 1_000_000_000;

    /** Bytes of {@code struct __kernel_timespec} of {@code linux/time_types.h}: seconds, nanoseconds, 8 bytes each. */
    public static final int TIMESPEC_SIZE = 16;

    private ClockCalls() {}

    /** What a clock shows to this process, ns. @throws LinuxException EINVAL for a clock that the kernel does not know */
    public static long time(final int clock) {
        return ask(SystemCall.CLOCK_GETTIME, clock);
    }

    /** By how much a clock advances at a time, ns: of CLOCK_MONOTONIC_COARSE the kernel's tick. @throws LinuxException EINVAL */
    public static long resolution(final int clock) {
        return ask(SystemCall.CLOCK_GETRES, clock);
    }

    private static long ask(final SystemCall call, final int clock) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment time = arena.allocate(TIMESPEC_SIZE, 8);
            Linux.call(call, clock, time.address());
            return time.get(ValueLayout.JAVA_LONG, 0) * SECOND + time.get(ValueLayout.JAVA_LONG, 8);
        }
    }
}
