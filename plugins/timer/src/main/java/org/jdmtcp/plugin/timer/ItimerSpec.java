package org.jdmtcp.plugin.timer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct __kernel_itimerspec} of {@code linux/time_types.h}: interval at 0, value at 16, each of seconds and
 * nanoseconds of 8 bytes.
 *
 * @param value until the next expiration, or when it is, ns; 0 for a timer that is not armed
 * @param interval from one expiration to the next, ns; 0 for a timer that expires once
 */
record ItimerSpec(long value, long interval) {
    static final int SIZE = 32;
    private static final int VALUE = 16;
    private static final long SECOND = 1_000_000_000;

    static ItimerSpec of(final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new ItimerSpec(
                nanoseconds(buffer.getLong(VALUE), buffer.getLong(VALUE + 8)),
                nanoseconds(buffer.getLong(0), buffer.getLong(8)));
    }

    byte[] bytes() {
        final ByteBuffer buffer = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(interval / SECOND).putLong(interval % SECOND);
        buffer.putLong(value / SECOND).putLong(value % SECOND);
        return buffer.array();
    }

    /** As the kernel has it: what is too long for a {@code ktime_t} is the longest time there is. */
    static long nanoseconds(final long seconds, final long nanoseconds) {
        return seconds >= Long.MAX_VALUE / SECOND ? Long.MAX_VALUE : seconds * SECOND + nanoseconds;
    }

    /** A sum of times that are not negative; the longest time there is where it would be longer. */
    static long sum(final long a, final long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
