package org.jdmtcp.plugin.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** timer_create in this process: timers that send nothing. */
final class PosixTimersTest {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int PROCESS_TIME = -6;
    private static final long SECOND = 1_000_000_000;

    private final PosixTimers kind = new PosixTimers();
    private final TestProcess process = new TestProcess();

    @AfterEach
    void deleteTimers() {
        for (final TimerList.Entry timer : TimerList.read(process.pid())) {
            final LocalBatch batch = new LocalBatch();
            batch.must(SystemCall.TIMER_DELETE, timer.id());
            batch.run();
        }
    }

    @Test
    void aProcessWithoutTimersHasNoState() {
        assertThat(inspect()).isEmpty();
    }

    @Test
    void timersComeBackUnderTheirIds() {
        final PosixTimersState wanted = PosixTimersState.newBuilder()
                .addTimers(timer(100_000, CLOCK_MONOTONIC, 1000 * SECOND, 0))
                .addTimers(timer(100_005, PROCESS_TIME, 500 * SECOND, 3 * SECOND))
                .addTimers(timer(100_007, CLOCK_MONOTONIC, 0, 0))
                .build();
        kind.restore(wanted, process, process);
        final PosixTimersState got = inspect().orElseThrow();
        assertThat(got.getTimersList()).extracting(PosixTimer::getId).containsExactly(100_000, 100_005, 100_007);
        for (int i = 0; i < 3; i++) {
            final PosixTimer before = wanted.getTimers(i);
            final PosixTimer after = got.getTimers(i);
            assertThat(after.getClock()).isEqualTo(before.getClock());
            assertThat(after.getNotification()).isEqualTo(before.getNotification());
            assertThat(after.getValue()).isEqualTo(before.getValue());
            assertThat(after.getInterval()).isEqualTo(before.getInterval());
            assertThat(after.getRemaining())
                    .isBetween(Math.max(0, before.getRemaining() - 10 * SECOND), before.getRemaining());
        }
    }

    @Test
    void idsAreCountedUpToWhereTheyCannotBeChosen() {
        process.choosesTimerIds = false;
        final int next = nextId() + 1;
        deleteTimers();
        new PosixTimerRestore(process, next)
                .restore(List.of(
                        timer(next + 3, CLOCK_MONOTONIC, 100 * SECOND, 0), timer(next + 9000, CLOCK_MONOTONIC, 0, 0)));
        assertThat(inspect().orElseThrow().getTimersList())
                .extracting(PosixTimer::getId)
                .containsExactly(next + 3, next + 9000);
    }

    @Test
    void anIdThatTheKernelDoesNotGiveIsRefused() {
        process.choosesTimerIds = false;
        final int next = nextId() + 1;
        deleteTimers();
        assertThatThrownBy(() -> new PosixTimerRestore(process, next - 1)
                        .restore(List.of(timer(next - 1, CLOCK_MONOTONIC, 0, 0))))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("timer " + (next - 1) + " of test (pid 4711)")
                .hasMessageContaining("gave it " + next);
    }

    @Test
    void theKernelsListIsRead() {
        final List<TimerList.Entry> entries = TimerList.parse("""
                ID: 2
                signal: 32/0000559323769460
                notify: signal/tid.28205
                ClockID: 0
                ID: 1
                signal: 34/ffffffffffffffff
                notify: none/pid.28202
                ClockID: -6
                """);
        assertThat(entries)
                .containsExactly(
                        new TimerList.Entry(1, 34, -1, PosixTimer.Notification.NONE, 0, -6),
                        new TimerList.Entry(2, 32, 0x559323769460L, PosixTimer.Notification.SIGNAL, 28205, 0));
        assertThatThrownBy(() -> TimerList.parse("ID: 1\n")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void clocksOfProcessorTimeNameTheirThread() {
        assertThat(CpuClock.thread(PROCESS_TIME)).isEmpty();
        assertThat(CpuClock.thread(CLOCK_MONOTONIC)).isEmpty();
        assertThat(CpuClock.thread(-2)).contains(0);
        assertThat(CpuClock.thread(~4711 << 3 | 6)).contains(4711);
    }

    private static PosixTimer timer(final int id, final int clock, final long remaining, final long interval) {
        return PosixTimer.newBuilder()
                .setId(id)
                .setClock(clock)
                .setNotification(PosixTimer.Notification.NONE)
                .setSignal(10)
                .setValue(0xabcdef0000L + id)
                .setRemaining(remaining)
                .setInterval(interval)
                .build();
    }

    /** Uses it up. */
    private static int nextId() {
        final LocalBatch batch = new LocalBatch();
        final long id = batch.room(16);
        batch.must(SystemCall.TIMER_CREATE, CLOCK_MONOTONIC, 0, id);
        batch.run();
        return Byte.toUnsignedInt(batch.bytes(id, 1)[0])
                | Byte.toUnsignedInt(batch.bytes(id, 2)[1]) << 8
                | Byte.toUnsignedInt(batch.bytes(id, 3)[2]) << 16;
    }

    private Optional<PosixTimersState> inspect() {
        final RemoteBatch batch = process.batch();
        final Inquiry<PosixTimersState> inquiry = kind.inquire(process, batch);
        return inquiry.answer(batch.run());
    }
}
