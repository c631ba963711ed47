package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Clocks ({@code clock_gettime(2)}). Times are in nanoseconds. Safe on any thread. */
public final class ClockCalls {
    public static final int CLOCK_REALTIME = 0;
    public static final int CLOCK_MONOTONIC = 1;
    public static final int CLOCK_BOOTTIME = 7;

    /** Nanoseconds of a second. */
    public static final long SECOND = 1_000_000_000;

    /** Bytes of {@code struct __kernel_timespec} of {@code linux/time_types.h}: seconds, nanoseconds, 8 bytes each. */
    public static final int TIMESPEC_SIZE = 16;

    private ClockCalls() {}

    /** What a clock shows to this process, ns. @throws LinuxException EINVAL for a clock that the kernel does not know */
    public static long time(final int clock) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment time = arena.allocate(TIMESPEC_SIZE, 8);
            Linux.call(SystemCall.CLOCK_GETTIME, clock, time.address());
            return time.get(ValueLayout.JAVA_LONG, 0) * SECOND + time.get(ValueLayout.JAVA_LONG, 8);
        }
    }
}
