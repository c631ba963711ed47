package org.jdmtcp.plugin.timer;

import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.ClockCalls;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.RestoredDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A timer that is read ({@code timerfd_create(2)}). One that was armed for a point in time by its clock expires then; where
 * that has passed meanwhile it has its expirations, as after a long stop. Others go on with the time that they had left.
 *
 * <p>It is armed within a process that has it, since points in time are those of the process's time namespace.
 */
final class TimerFd implements DescriptorKind<TimerFdState> {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.timer");

    private static final String TARGET = "anon_inode:[timerfd]";
    static final int TFD_TIMER_ABSTIME = 1;
    private static final int TFD_TIMER_CANCEL_ON_SET = 2;
    /** {@code TFD_IOC_SET_TICKS} of {@code linux/timerfd.h}: _IOW('T', 0, __u64). */
    private static final int TFD_IOC_SET_TICKS = 0x40085400;

    private static final int TRIES = 3;

    /** Of this restart, for points in time. */
    private @Nullable RestoreContext context;

    private final List<Restored> restored = new ArrayList<>();

    private record Restored(TimerFdState state, RestoredDescriptor descriptor) {}

    @Override
    public String name() {
        return "timerfd";
    }

    @Override
    public Parser<TimerFdState> parser() {
        return TimerFdState.parser();
    }

    @Override
    public Optional<TimerFdState> inspect(final DescriptorView descriptor) {
        if (!descriptor.target().equals(TARGET)) {
            return Optional.empty();
        }
        final TimerFdInfo info = TimerFdInfo.read(descriptor.open());
        final boolean absolute = (info.settimeFlags() & TFD_TIMER_ABSTIME) != 0;
        final boolean cancelable = absolute && (info.settimeFlags() & TFD_TIMER_CANCEL_ON_SET) != 0;
        if (cancelable
                && info.ticks() > 0
                && info.setting().interval() == 0
                && info.setting().value() > 0) {
            throw new Refusal(
                    descriptor.describe() + " was cancelled because the clock was set, and the program has not"
                            + " read that yet; checkpoint when it has");
        }
        final TimerFdState.Builder state = TimerFdState.newBuilder()
                .setClock(info.clock())
                .setFlags(descriptor.flags() & FileCalls.O_NONBLOCK)
                .setSettimeFlags(info.settimeFlags())
                .setTicks(info.ticks())
                .setRemaining(info.setting().value())
                .setInterval(info.setting().interval());
        if (absolute && info.setting().value() > 0) {
            state.setDeadline(deadline(descriptor, info));
        }
        return Optional.of(state.build());
    }

    // The clock is read after the time that is left, so that the sum is never early; what comes in between makes it
    // late, so
    // the earliest of some sums is the best. A timer that has expired meanwhile shows another expiration.
    private static long deadline(final DescriptorView descriptor, final TimerFdInfo info) {
        final long offset = ProgramClock.offset(descriptor.process(), info.clock());
        long best = ItimerSpec.sum(info.time(), info.setting().value());
        for (int tries = 0; tries < TRIES; tries++) {
            final long left = TimerFdInfo.left(descriptor.open());
            final long sum = ItimerSpec.sum(ProgramClock.hostTime(info.clock()), left);
            if (left > 0 && left <= info.setting().value()) {
                best = Math.min(best, sum);
            }
        }
        return ItimerSpec.sum(best, offset);
    }

    @Override
    public Fd restore(final TimerFdState state, final RestoreContext restoreContext) {
        context = restoreContext;
        final long result =
                Linux.raw(SystemCall.TIMERFD_CREATE, state.getClock(), state.getFlags() | FileCalls.O_CLOEXEC);
        if (result == -Errno.EPERM) {
            throw new Refusal(
                    "a timerfd on the alarm clock " + state.getClock()
                            + ", which wakes the machine, cannot be made by this user: restart with CAP_WAKE_ALARM",
                    new LinuxException("timerfd_create(" + state.getClock() + ")", Errno.EPERM));
        }
        return new Fd((int) Linux.check(result, "timerfd_create(" + state.getClock() + ")"));
    }

    /** Only remembers it: timers begin to run when all processes are nearly ready to. */
    @Override
    public void attach(final TimerFdState state, final RestoredDescriptor descriptor) {
        restored.add(new Restored(state, descriptor));
    }

    /** Arms all that were restored. */
    void armAll() {
        restored.forEach(timer -> arm(timer.state, timer.descriptor));
        restored.clear();
    }

    private void arm(final TimerFdState state, final RestoredDescriptor descriptor) {
        final Arming arming = Arming.of(state, setBack(state, descriptor));
        LOG.debug(
                "timerfd {} of pid {} is armed: {} ns, then every {} ns, {} expirations waiting",
                descriptor.number(),
                descriptor.process().ownPid(),
                arming.value(),
                state.getInterval(),
                arming.ticks());
        final RemoteBatch batch = descriptor.process().batch();
        final long setting = batch.put(new ItimerSpec(arming.value(), state.getInterval()).bytes());
        batch.must(SystemCall.TIMERFD_SETTIME, descriptor.number(), state.getSettimeFlags(), setting, 0);
        if (arming.ticks() != 0) {
            final long ticks = batch.put(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(arming.ticks())
                    .array());
            batch.must(SystemCall.IOCTL, descriptor.number(), TFD_IOC_SET_TICKS, ticks);
        }
        batch.run();
    }

    // Only where the kernel allows no time namespace does a clock show less than it did at the checkpoint.
    private long setBack(final TimerFdState state, final RestoredDescriptor descriptor) {
        final RestoreContext known = context;
        if (state.getDeadline() == 0 || known == null) {
            return 0;
        }
        final ClockTimes then = known.clocksAtCheckpoint();
        final long atCheckpoint = switch (ProgramClock.base(state.getClock())) {
            case ClockCalls.CLOCK_MONOTONIC -> then.monotonic();
            case ClockCalls.CLOCK_BOOTTIME -> then.boottime();
            default -> 0;
        };
        return Math.max(0, atCheckpoint - ProgramClock.now(descriptor.process(), state.getClock()));
    }
}
