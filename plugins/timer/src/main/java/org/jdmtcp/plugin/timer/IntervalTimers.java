package org.jdmtcp.plugin.timer;

import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.ProcessResource;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.ClockCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code alarm(2)} and {@code setitimer(2)}. Those of processor time are relative to what the process has consumed, so that
 * they need no other care.
 *
 * <p>A periodic ITIMER_REAL that has expired stands still until its signal is taken; the kernel then sets it going in the old
 * rhythm, which it does not tell. At a restart it expires at once, and its signal becomes one with that which was waiting.
 * Where its signal was ignored when it expired nothing sets it going any more: such a timer is not kept.
 */
final class IntervalTimers implements ProcessStateKind<IntervalTimersState> {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.timer");

    /**
     * {@code struct __kernel_old_itimerval} of {@code linux/time_types.h}: interval at 0, value at 16, each of seconds and
     * microseconds of 8 bytes.
     */
    private static final int SIZE = 32;

    private static final int VALUE = 16;
    private static final long SECOND = 1_000_000;
    private static final long TICK = ClockCalls.resolution(ClockCalls.CLOCK_MONOTONIC_COARSE) / 1000;
    private static final int ITIMER_REAL = 0;
    /** SIGALRM, SIGVTALRM, SIGPROF: what ITIMER_REAL, ITIMER_VIRTUAL and ITIMER_PROF send. */
    private static final int[] SIGNALS = {14, 26, 27};

    @Override
    public String name() {
        return "interval-timers";
    }

    @Override
    public Parser<IntervalTimersState> parser() {
        return IntervalTimersState.parser();
    }

    @Override
    public Set<ProcessResource> restores() {
        return Set.of(ProcessResource.INTERVAL_TIMERS);
    }

    @Override
    public Inquiry<IntervalTimersState> inquire(final ProcessView process, final RemoteBatch batch) {
        final Moment moment = new Moment(batch);
        final long room = batch.room(SIGNALS.length * SIZE);
        for (int which = 0; which < SIGNALS.length; which++) {
            batch.must(SystemCall.GETITIMER, which, room + (long) which * SIZE);
        }
        return done -> {
            final IntervalTimersState.Builder state = IntervalTimersState.newBuilder();
            for (int which = 0; which < SIGNALS.length; which++) {
                final ByteBuffer timer = ByteBuffer.wrap(done.bytes(room + (long) which * SIZE, SIZE))
                        .order(ByteOrder.LITTLE_ENDIAN);
                final long value = microseconds(timer, VALUE);
                final long interval = microseconds(timer, 0);
                if (value != 0 || interval != 0) {
                    read(which, value, interval, moment, done, process).ifPresent(state::addTimers);
                }
            }
            return state.getTimersCount() == 0 ? Optional.empty() : Optional.of(state.build());
        };
    }

    private static Optional<IntervalTimer> read(
            final int which,
            final long value,
            final long interval,
            final Moment moment,
            final RemoteBatch done,
            final ProcessView process) {
        final boolean pending = Moment.isPending(process.pendingSignals(), SIGNALS[which]);
        long remaining = value;
        if (pending && moment.mayHaveExpired(done, value * 1000)) {
            remaining = which == ITIMER_REAL ? 0 : interval;
        }
        final boolean dead = remaining == 0 && (interval == 0 || !pending);
        return dead
                ? Optional.empty()
                : Optional.of(IntervalTimer.newBuilder()
                        .setWhich(which)
                        .setRemainingMicroseconds(remaining)
                        .setIntervalMicroseconds(interval)
                        .build());
    }

    private static long microseconds(final ByteBuffer timer, final int at) {
        final long seconds = timer.getLong(at);
        return seconds >= Long.MAX_VALUE / 1000 / SECOND
                ? Long.MAX_VALUE / 1000
                : seconds * SECOND + timer.getLong(at + 8);
    }

    @Override
    public void restore(final IntervalTimersState state, final ProcessView process, final RestoreContext context) {
        final RemoteBatch batch = process.batch();
        for (final IntervalTimer timer : state.getTimersList()) {
            LOG.debug(
                    "timer {} of pid {} is set: {} us, then every {} us",
                    timer.getWhich(),
                    process.ownPid(),
                    value(timer),
                    timer.getIntervalMicroseconds());
            final byte[] setting = bytes(value(timer), timer.getIntervalMicroseconds());
            batch.must(SystemCall.SETITIMER, timer.getWhich(), batch.put(setting), 0);
        }
        batch.run();
    }

    // The kernel told full microseconds: one more, so that none comes early. To processor time it adds a tick by
    // itself.
    private static long value(final IntervalTimer timer) {
        return timer.getWhich() == ITIMER_REAL
                ? timer.getRemainingMicroseconds() + 1
                : Math.max(1, timer.getRemainingMicroseconds() - TICK);
    }

    private static byte[] bytes(final long value, final long interval) {
        final ByteBuffer timer = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (final long time : List.of(interval, value)) {
            timer.putLong(time / SECOND).putLong(time % SECOND);
        }
        return timer.array();
    }
}
