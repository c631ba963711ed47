package org.jdmtcp.core.checkpoint;

import java.nio.ByteBuffer;
import org.jdmtcp.core.process.Inquirer;
import org.jdmtcp.core.process.message.Clocks;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.ClockCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/** What the clocks show to a program, which may be in a time namespace; all processes of a computation share it. */
final class ProgramClocks implements Inquirer {
    private static final int[] CLOCKS = {
        ClockCalls.CLOCK_MONOTONIC, ClockCalls.CLOCK_BOOTTIME, ClockCalls.CLOCK_REALTIME
    };

    private long room;
    private @Nullable Clocks clocks;

    @Override
    public void inquire(final Batch batch) {
        room = batch.room(CLOCKS.length * ClockCalls.TIMESPEC_SIZE);
        for (int i = 0; i < CLOCKS.length; i++) {
            batch.must(SystemCall.CLOCK_GETTIME, CLOCKS[i], room + (long) i * ClockCalls.TIMESPEC_SIZE);
        }
    }

    @Override
    public void answer(final Batch done) {
        final ByteBuffer times = done.buffer(room, CLOCKS.length * ClockCalls.TIMESPEC_SIZE);
        clocks = Clocks.newBuilder()
                .setMonotonic(time(times, 0))
                .setBoottime(time(times, 1))
                .setRealtime(time(times, 2))
                .build();
    }

    private static long time(final ByteBuffer times, final int index) {
        final int at = index * ClockCalls.TIMESPEC_SIZE;
        return times.getLong(at) * ClockCalls.SECOND + times.getLong(at + 8);
    }

    /** After the answer. */
    Clocks clocks() {
        return java.util.Objects.requireNonNull(clocks, "not asked yet");
    }
}
