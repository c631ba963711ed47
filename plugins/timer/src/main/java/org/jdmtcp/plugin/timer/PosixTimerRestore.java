package org.jdmtcp.plugin.timer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.ClockCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.ThreadView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the POSIX timers of a process again, under their ids, and arms them.
 *
 * <p>The signal of a timer is part of the timer: the kernel sets a periodic timer going when it delivers the signal that the
 * timer itself has queued, and counts then what was missed. So a timer whose signal was waiting is armed for a time that has
 * passed, where its last expiration would have been: it queues its signal at once, and keeps its rhythm. If overruns are to be
 * told of a signal that was delivered already, it is armed for so many intervals before that, and its signal is taken here.
 */
final class PosixTimerRestore {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.timer");

    private static final int TIMER_ABSTIME = 1;
    /** {@code PR_TIMER_CREATE_RESTORE_IDS} of {@code linux/prctl.h}, since Linux 6.15. */
    private static final int PR_TIMER_CREATE_RESTORE_IDS = 77;

    private static final int SIGEV_THREAD_ID = 4;
    /** Bytes of {@code sigevent_t} of {@code asm-generic/siginfo.h}: value at 0, signo at 8, notify at 12, tid at 16. */
    private static final int SIGEVENT_SIZE = 64;

    private static final int SIGEVENT_SIGNAL = 8;
    private static final int SIGEVENT_NOTIFY = 12;
    private static final int SIGEVENT_THREAD = 16;
    private static final int MASK_SIZE = 8;
    /** Timers made only to have their ids used up: in one batch, and at all. */
    private static final int FILLERS_PER_BATCH = 4000;

    private static final int MOST_FILLERS = 1_000_000;
    /** Within which a batch is through, ns: so long before the next expiration a timer in the past is armed. */
    private static final long MARGIN = 500_000;

    private static final long FROM_NOW = 0;

    private final ProcessView process;
    private int nextId;

    /** @param nextId what the kernel gives next where ids cannot be chosen: 0 in a process that has had no timers */
    PosixTimerRestore(final ProcessView process, final int nextId) {
        this.process = process;
        this.nextId = nextId;
    }

    /** @param timers ids ascending */
    void restore(final List<PosixTimer> timers) {
        create(timers);
        final Map<PosixTimer, Long> now = clocks(timers.stream()
                .filter(timer -> timer.getPending() || isToldOverrun(timer))
                .toList());
        final Map<PosixTimer, Long> times = new LinkedHashMap<>();
        for (final PosixTimer timer : timers) {
            final Long time = now.get(timer);
            if (time != null && !timer.getPending()) {
                armWithOverrun(timer, time);
            } else if (time != null) {
                times.put(timer, lastExpiration(timer, time, 0));
            } else if (timer.getRemaining() != 0) {
                times.put(timer, FROM_NOW);
            }
        }
        if (!times.isEmpty()) {
            final RemoteBatch batch = process.batch();
            times.forEach((timer, time) -> arm(batch, timer, time));
            batch.run();
        }
    }

    private static boolean isToldOverrun(final PosixTimer timer) {
        return timer.getOverrun() > 0 && timer.getInterval() > 0 && !CpuClock.is(timer.getClock());
    }

    private void create(final List<PosixTimer> timers) {
        if (chooseIds(true)) {
            final Map<Integer, List<PosixTimer>> byMaker = new LinkedHashMap<>();
            timers.forEach(timer -> byMaker.computeIfAbsent(timer.getOwner(), owner -> new ArrayList<>())
                    .add(timer));
            byMaker.forEach(this::createIn);
            chooseIds(false);
            return;
        }
        for (final PosixTimer timer : timers) {
            useUpIds(timer.getId());
            createIn(timer.getOwner(), List.of(timer));
            nextId = timer.getId() + 1;
        }
    }

    private void createIn(final int owner, final List<PosixTimer> timers) {
        final RemoteBatch batch = thread(owner).batch();
        final List<Long> ids = new ArrayList<>();
        for (final PosixTimer timer : timers) {
            final long id = batch.put(integer(timer.getId()));
            batch.must(SystemCall.TIMER_CREATE, timer.getClock(), batch.put(event(timer)), id);
            ids.add(id);
        }
        batch.run();
        for (int i = 0; i < ids.size(); i++) {
            final int id = timers.get(i).getId();
            final int got = ByteBuffer.wrap(batch.bytes(ids.get(i), 4))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt();
            if (got != id) {
                throw new Refusal("the POSIX timer " + id + " of " + process.command() + " (pid " + process.ownPid()
                        + ") cannot have its id: the kernel gave it " + got);
            }
        }
    }

    // On success of the call the id is read from where timer_create writes it.
    private boolean chooseIds(final boolean on) {
        final RemoteBatch batch = process.batch();
        final int call = batch.add(SystemCall.PRCTL, PR_TIMER_CREATE_RESTORE_IDS, on ? 1 : 0, 0, 0, 0);
        batch.run();
        return batch.result(call) == 0;
    }

    // Without that the kernel counts ids up: timers are made and deleted until it is the turn of the one that is
    // wanted.
    private void useUpIds(final int wanted) {
        if (wanted - nextId > MOST_FILLERS) {
            throw new Refusal("the POSIX timer " + wanted + " of " + process.command() + " (pid " + process.ownPid()
                    + ") has an id so high that it takes a kernel of 6.15 or later to give it again");
        }
        while (nextId < wanted) {
            final RemoteBatch batch = process.batch();
            final long id = batch.room(4);
            final int end = Math.min(wanted, nextId + FILLERS_PER_BATCH);
            for (; nextId < end; nextId++) {
                batch.must(SystemCall.TIMER_CREATE, ClockCalls.CLOCK_MONOTONIC, 0, id);
                batch.must(SystemCall.TIMER_DELETE, nextId);
            }
            batch.run();
        }
    }

    /** The thread of that number, or the main thread for 0. */
    private ThreadView thread(final int ownTid) {
        return process.threads().stream()
                .filter(thread -> ownTid == 0 || thread.ownTid() == ownTid)
                .findFirst()
                .orElseThrow();
    }

    /** What the timers' clocks show now. */
    private Map<PosixTimer, Long> clocks(final List<PosixTimer> timers) {
        final Map<PosixTimer, Long> now = new LinkedHashMap<>();
        for (final PosixTimer timer : timers) {
            final RemoteBatch batch = thread(timer.getOwner()).batch();
            final long room = batch.room(ClockCalls.TIMESPEC_SIZE);
            batch.must(SystemCall.CLOCK_GETTIME, timer.getClock(), room);
            batch.run();
            final ByteBuffer time =
                    ByteBuffer.wrap(batch.bytes(room, ClockCalls.TIMESPEC_SIZE)).order(ByteOrder.LITTLE_ENDIAN);
            now.put(timer, ItimerSpec.nanoseconds(time.getLong(0), time.getLong(8)));
        }
        return now;
    }

    /** When a timer would have expired last, or some intervals before. Not before the clock began. */
    private static long lastExpiration(final PosixTimer timer, final long now, final int before) {
        final long interval = timer.getInterval();
        if (interval == 0) {
            return now;
        }
        final long left = Math.max(Math.min(timer.getRemaining(), interval), Math.min(interval, MARGIN));
        return Math.max(1, now + left - interval - before * interval);
    }

    private void armWithOverrun(final PosixTimer timer, final long now) {
        final RemoteBatch batch = thread(timer.getTarget()).batch();
        arm(batch, timer, lastExpiration(timer, now, timer.getOverrun()));
        final long signal = batch.put(longs(1L << timer.getSignal() - 1));
        batch.add(SystemCall.RT_SIGTIMEDWAIT, signal, 0, batch.put(longs(1, 0)), MASK_SIZE);
        batch.run();
    }

    /** @param at when it expires or has expired, or {@link #FROM_NOW} for the time that it had left */
    private static void arm(final RemoteBatch batch, final PosixTimer timer, final long at) {
        final boolean relative = at == FROM_NOW;
        LOG.debug(
                "POSIX timer {} is set: {} ns {}, then every {} ns",
                timer.getId(),
                relative ? timer.getRemaining() : at,
                relative ? "from now" : "by its clock",
                timer.getInterval());
        final ItimerSpec setting = new ItimerSpec(relative ? timer.getRemaining() : at, timer.getInterval());
        batch.must(
                SystemCall.TIMER_SETTIME, timer.getId(), relative ? 0 : TIMER_ABSTIME, batch.put(setting.bytes()), 0);
    }

    private static byte[] event(final PosixTimer timer) {
        final int target = timer.getTarget();
        final ByteBuffer event = ByteBuffer.allocate(SIGEVENT_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        event.putLong(0, timer.getValue()).putInt(SIGEVENT_SIGNAL, timer.getSignal());
        event.putInt(SIGEVENT_NOTIFY, timer.getNotificationValue() | (target != 0 ? SIGEV_THREAD_ID : 0));
        return event.putInt(SIGEVENT_THREAD, target).array();
    }

    private static byte[] integer(final int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static byte[] longs(final long... values) {
        final ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (final long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }
}
