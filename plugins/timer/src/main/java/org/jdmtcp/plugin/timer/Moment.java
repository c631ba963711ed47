package org.jdmtcp.plugin.timer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jdmtcp.spi.linux.ClockCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * The moment at which a process is asked for the time that its timers have left. A timer that expires between the answer and
 * the moment when waiting signals are taken down would come back twice: as a signal and as a timer.
 *
 * <p>By real time, because that is the same in all time namespaces.
 */
final class Moment {
    private static final int SI_CODE = 8;
    private static final int SI_TIMER_ID = 16;
    private static final int SI_TIMER = -2;

    private final long room;

    /** Adds the question. It must stand before those for the timers. */
    Moment(final RemoteBatch batch) {
        room = batch.room(ClockCalls.TIMESPEC_SIZE);
        batch.must(SystemCall.CLOCK_GETTIME, ClockCalls.CLOCK_REALTIME, room);
    }

    /** Whether a timer that had so much time left, ns, may have expired when waiting signals were taken down. */
    boolean mayHaveExpired(final RemoteBatch done, final long left) {
        final ByteBuffer time = littleEndian(done.bytes(room, ClockCalls.TIMESPEC_SIZE));
        final long then = ItimerSpec.nanoseconds(time.getLong(0), time.getLong(8));
        return left > 0 && ItimerSpec.sum(then, left) <= ClockCalls.time(ClockCalls.CLOCK_REALTIME);
    }

    /** Whether a signal is waiting. */
    static boolean isPending(final List<byte[]> signals, final int signal) {
        return signals.stream().anyMatch(info -> littleEndian(info).getInt(0) == signal);
    }

    /** Whether the signal of a POSIX timer is waiting. Offsets of {@code asm-generic/siginfo.h}. */
    static boolean isPendingTimer(final List<byte[]> signals, final int id) {
        return signals.stream()
                .map(Moment::littleEndian)
                .anyMatch(info -> info.getInt(SI_CODE) == SI_TIMER && info.getInt(SI_TIMER_ID) == id);
    }

    private static ByteBuffer littleEndian(final byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
