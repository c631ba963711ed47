package org.jdmtcp.plugin.timer;

import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.ThreadView;

/**
 * Clocks of processor time: a {@code clockid_t} of {@code linux/posix-timers.h}, {@code ~id << 3 | thread ? 4 : 0 | kind}. An
 * id of 0 is that of the process or thread that made the timer.
 */
final class CpuClock {
    private static final int PER_THREAD = 4;

    private CpuClock() {}

    static boolean is(final int clock) {
        return clock < 0;
    }

    /** The thread whose time the clock tells, as the program numbers it: 0 for the maker of the timer; empty for a process. */
    static Optional<Integer> thread(final int clock) {
        return is(clock) && (clock & PER_THREAD) != 0 ? Optional.of(~(clock >> 3)) : Optional.empty();
    }

    /**
     * Finds the thread whose time an armed timer measures: the one in which time passes for the timer while it makes system
     * calls. All others stand still.
     *
     * @return the program's number of the thread
     */
    static Optional<Integer> owner(final ProcessView process, final int timer) {
        final List<ThreadView> threads = process.threads();
        if (threads.size() == 1) {
            return Optional.of(threads.getFirst().ownTid());
        }
        return threads.stream()
                .filter(thread -> timePasses(thread, timer))
                .map(ThreadView::ownTid)
                .findFirst();
    }

    private static boolean timePasses(final ThreadView thread, final int timer) {
        final RemoteBatch batch = thread.batch();
        final long before = batch.room(ItimerSpec.SIZE);
        final long after = batch.room(ItimerSpec.SIZE);
        batch.must(SystemCall.TIMER_GETTIME, timer, before);
        batch.must(SystemCall.TIMER_GETTIME, timer, after);
        batch.run();
        return !ItimerSpec.of(batch.bytes(before, ItimerSpec.SIZE))
                .equals(ItimerSpec.of(batch.bytes(after, ItimerSpec.SIZE)));
    }
}
