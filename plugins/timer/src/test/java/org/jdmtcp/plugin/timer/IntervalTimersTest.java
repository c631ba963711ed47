package org.jdmtcp.plugin.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.linux.ClockCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** setitimer in this process, and what becomes of a timer that expires while it is looked at. */
final class IntervalTimersTest {
    private static final int SIGALRM = 14;
    private static final int SIGPROF = 27;

    private final IntervalTimers kind = new IntervalTimers();
    private final TestProcess process = new TestProcess();

    @AfterEach
    void stopTimers() {
        for (int which = 0; which < 3; which++) {
            set(which, 0, 0);
        }
    }

    @Test
    void aProcessWithoutTimersHasNoState() {
        assertThat(inspect()).isEmpty();
    }

    @Test
    void allThreeComeBack() {
        set(0, 1000, 7);
        set(1, 2000, 0);
        set(2, 3000, 9);
        final IntervalTimersState state = inspect().orElseThrow();
        stopTimers();
        kind.restore(state, process, process);
        final IntervalTimersState again = inspect().orElseThrow();
        assertThat(again.getTimersCount()).isEqualTo(3);
        final long tick = ClockCalls.resolution(ClockCalls.CLOCK_MONOTONIC_COARSE) / 1000;
        for (int i = 0; i < 3; i++) {
            final IntervalTimer before = state.getTimers(i);
            final IntervalTimer after = again.getTimers(i);
            assertThat(after.getIntervalMicroseconds()).isEqualTo(before.getIntervalMicroseconds());
            assertThat(after.getRemainingMicroseconds())
                    .isBetween(
                            before.getRemainingMicroseconds() - 500_000, before.getRemainingMicroseconds() + tick / 10);
        }
    }

    @Test
    void anExpirationDuringTheLookIsTheSignalThatWaits() {
        process.pending.add(signal(SIGALRM));
        final IntervalTimer periodic = answer(0, 1, 200_000).orElseThrow().getTimers(0);
        assertThat(periodic.getRemainingMicroseconds()).isZero();
        assertThat(periodic.getIntervalMicroseconds()).isEqualTo(200_000);
        assertThat(answer(0, 1, 0)).isEmpty();
        assertThat(answer(0, 0, 0)).isEmpty();
    }

    @Test
    void anOlderSignalLeavesTheTimerAlone() {
        process.pending.add(signal(SIGALRM));
        assertThat(answer(0, 5_000_000, 0).orElseThrow().getTimers(0).getRemainingMicroseconds())
                .isEqualTo(5_000_000);
    }

    @Test
    void withoutItsSignalATimerIsYetToExpire() {
        assertThat(answer(0, 1, 0).orElseThrow().getTimers(0).getRemainingMicroseconds())
                .isEqualTo(1);
    }

    @Test
    void processorTimeIsArmedAnewByTheKernelWhenItExpires() {
        process.pending.add(signal(SIGPROF));
        assertThat(answer(2, 1, 50_000).orElseThrow().getTimers(0).getRemainingMicroseconds())
                .isEqualTo(50_000);
    }

    @Test
    void aTimerWhoseSignalWasIgnoredIsDead() {
        assertThat(answer(0, 0, 200_000)).isEmpty();
    }

    private Optional<IntervalTimersState> inspect() {
        final RemoteBatch batch = process.batch();
        final Inquiry<IntervalTimersState> inquiry = kind.inquire(process, batch);
        return inquiry.answer(batch.run());
    }

    /** What is made of one timer's values, us, that were read a moment ago. */
    private Optional<IntervalTimersState> answer(final int which, final long value, final long interval) {
        final LocalBatch batch = new LocalBatch() {
            private int rooms;
            private long timers;

            @Override
            public long room(final int size) {
                final long address = super.room(size);
                timers = rooms++ == 1 ? address : timers;
                return address;
            }

            @Override
            public byte[] bytes(final long address, final int size) {
                return address == timers + which * 32L ? timer(value, interval) : super.bytes(address, size);
            }
        };
        final Inquiry<IntervalTimersState> inquiry = kind.inquire(process, batch);
        batch.run();
        final long read = ClockCalls.time(ClockCalls.CLOCK_REALTIME);
        while (ClockCalls.time(ClockCalls.CLOCK_REALTIME) - read < 10_000) {
            Thread.onSpinWait();
        }
        return inquiry.answer(batch);
    }

    private static byte[] timer(final long value, final long interval) {
        final ByteBuffer timer = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        timer.putLong(interval / 1_000_000).putLong(interval % 1_000_000);
        return timer.putLong(value / 1_000_000).putLong(value % 1_000_000).array();
    }

    private static byte[] signal(final int number) {
        return ByteBuffer.allocate(128)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array();
    }

    private static void set(final int which, final long seconds, final long interval) {
        final LocalBatch batch = new LocalBatch();
        batch.must(SystemCall.SETITIMER, which, batch.put(timer(seconds * 1_000_000, interval * 1_000_000)), 0);
        batch.run();
    }
}
