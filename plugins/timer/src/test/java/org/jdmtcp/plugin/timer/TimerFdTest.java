package org.jdmtcp.plugin.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.LockSupport;
import org.jdmtcp.spi.linux.ClockCalls;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** timerfd of this process: what is told of them, and how they are armed again. */
final class TimerFdTest {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int ABSOLUTE = TimerFd.TFD_TIMER_ABSTIME;
    private static final long MILLISECOND = 1_000_000;

    @Test
    void expirationsThatStandStillAreCounted() {
        try (Fd timer = timer()) {
            final long begin = ClockCalls.time(CLOCK_MONOTONIC);
            set(timer, ABSOLUTE, begin, 5 * MILLISECOND);
            while (ClockCalls.time(CLOCK_MONOTONIC) < begin + 52 * MILLISECOND) {
                LockSupport.parkNanos(MILLISECOND);
            }
            final TimerFdInfo info = TimerFdInfo.read(timer);
            final long expired = (info.time() - begin) / (5 * MILLISECOND) + 1;
            assertThat(info.ticks()).isBetween(11L, expired);
            assertThat(info.setting().interval()).isEqualTo(5 * MILLISECOND);
            assertThat(info.setting().value()).isBetween(1L, 5 * MILLISECOND);
            assertThat(read(timer)).isGreaterThanOrEqualTo(info.ticks());
        }
    }

    @Test
    void oneThatIsNotArmedMayHaveAnInterval() {
        try (Fd timer = timer()) {
            set(timer, 0, 0, 7 * MILLISECOND);
            final TimerFdInfo info = TimerFdInfo.read(timer);
            assertThat(info.setting()).isEqualTo(new ItimerSpec(0, 7 * MILLISECOND));
            assertThat(info.ticks()).isZero();
        }
    }

    @Test
    void oneThatNeverExpiresIsNotTooLongForUs() {
        try (Fd timer = timer()) {
            set(timer, ABSOLUTE, Long.MAX_VALUE, 0);
            final TimerFdInfo info = TimerFdInfo.read(timer);
            assertThat(ItimerSpec.sum(info.time(), info.setting().value())).isGreaterThan(Long.MAX_VALUE / 2);
            assertThat(ItimerSpec.sum(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void theKernelsWordsAreRead() {
        final TimerFdInfo info = TimerFdInfo.parse(
                "pos:\t0\nflags:\t02\nclockid: 0\nticks: 3\nsettime flags: 03\nit_value: (2, 5)\nit_interval: (0, 7)\n",
                clock -> 42 + clock);
        assertThat(info).isEqualTo(new TimerFdInfo(0, 3, 3, new ItimerSpec(2_000_000_005, 7), 42));
    }

    @ParameterizedTest
    @CsvSource({
        // settime flags, ticks, left, interval, deadline, set back: value and ticks
        "0, 0, 500, 0, 0, 0, 500, 0",
        "0, 0, 500, 100, 0, 0, 500, 0",
        "0, 3, 500, 700, 0, 0, 1000000, 3", // nothing may expire before the ticks are set
        "0, 3, 5000000, 700, 0, 0, 5000000, 3",
        "0, 1, 0, 0, 0, 0, 0, 1",
        "1, 0, 500, 0, 9000, 0, 9000, 0",
        "1, 0, 500, 0, 9000, 4000, 5000, 0", // another boot, and no time namespace
        "1, 3, 500, 1000, 9000, 0, 6000, 0", // the kernel counts those since the first that was not read
        "1, 30, 500, 1000, 9000, 0, 9000, 30",
        "1, 1, 0, 0, 0, 0, 0, 1",
    })
    void isArmedFor(
            final int flags,
            final long ticks,
            final long left,
            final long interval,
            final long deadline,
            final long setBack,
            final long value,
            final long set) {
        final TimerFdState state = TimerFdState.newBuilder()
                .setSettimeFlags(flags)
                .setTicks(ticks)
                .setRemaining(left)
                .setInterval(interval)
                .setDeadline(deadline)
                .build();
        assertThat(Arming.of(state, setBack)).isEqualTo(new Arming(value, set));
    }

    @Test
    void offsetsOfATimeNamespaceAreRead() {
        final String text = "monotonic      100000         5\nboottime           -3 999999999\n";
        assertThat(ProgramClock.offset(text, "monotonic")).isEqualTo(100_000_000_000_005L);
        assertThat(ProgramClock.offset(text, "boottime")).isEqualTo(-2_000_000_001L);
    }

    private static Fd timer() {
        final long flags = FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK;
        return new Fd((int) Linux.call(SystemCall.TIMERFD_CREATE, CLOCK_MONOTONIC, flags));
    }

    private static void set(final Fd timer, final int flags, final long value, final long interval) {
        final LocalBatch batch = new LocalBatch();
        final long setting = batch.put(new ItimerSpec(value, interval).bytes());
        batch.must(SystemCall.TIMERFD_SETTIME, timer.number(), flags, setting, 0);
        batch.run();
    }

    private static long read(final Fd timer) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(8, 8);
            assertThat(FileCalls.read(timer, value)).isEqualTo(8);
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }
}
