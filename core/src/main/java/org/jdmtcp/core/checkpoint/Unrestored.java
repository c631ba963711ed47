package org.jdmtcp.core.checkpoint;

import com.google.protobuf.MessageLite;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jdmtcp.core.procfs.Timers;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.ProcessResource;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/** Looks for state that no plugin here restores, so that it is refused and not lost. */
final class Unrestored {
    private static final int ITIMERVAL_SIZE = 32;
    private static final String[] INTERVAL_TIMERS = {"ITIMER_REAL (alarm)", "ITIMER_VIRTUAL", "ITIMER_PROF"};

    private Unrestored() {}

    /** As {@link org.jdmtcp.spi.ProcessStateKind#inquire}; the answer is empty, or a refusal. */
    static Inquiry<MessageLite> inquire(
            final ProcessResource resource, final ProcessView process, final RemoteBatch batch) {
        return switch (resource) {
            case INTERVAL_TIMERS -> intervalTimers(process, batch);
            case POSIX_TIMERS -> posixTimers(process);
            case FILE_LOCKS -> fileLocks(process);
            case FILE_OWNERS -> fileOwners(process);
        };
    }

    private static Inquiry<MessageLite> intervalTimers(final ProcessView process, final RemoteBatch batch) {
        final long room = batch.room(INTERVAL_TIMERS.length * ITIMERVAL_SIZE);
        for (int i = 0; i < INTERVAL_TIMERS.length; i++) {
            batch.must(SystemCall.GETITIMER, i, room + (long) i * ITIMERVAL_SIZE);
        }
        return done -> {
            final ByteBuffer timers = ByteBuffer.wrap(done.bytes(room, INTERVAL_TIMERS.length * ITIMERVAL_SIZE))
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < INTERVAL_TIMERS.length; i++) {
                final int value = i * ITIMERVAL_SIZE + 16;
                if (timers.getLong(value) != 0 || timers.getLong(value + 8) != 0) {
                    throw refusal(
                            process, "a running interval timer, " + INTERVAL_TIMERS[i], "timer", "when it has expired");
                }
            }
            return Optional.empty();
        };
    }

    private static Inquiry<MessageLite> posixTimers(final ProcessView process) {
        if (!Timers.read(process.pid()).timers().isEmpty()) {
            throw refusal(process, "POSIX timers (timer_create)", "timer", "when they are deleted");
        }
        return done -> Optional.empty();
    }

    private static Inquiry<MessageLite> fileLocks(final ProcessView process) {
        process.descriptors().stream()
                .filter(descriptor -> !descriptor.locks().isEmpty())
                .findFirst()
                .ifPresent(descriptor -> {
                    throw refusal(
                            process,
                            "a lock on " + descriptor.file().target() + " ("
                                    + descriptor.locks().getFirst() + ")",
                            "fd",
                            "when it is released");
                });
        return done -> Optional.empty();
    }

    private static Inquiry<MessageLite> fileOwners(final ProcessView process) {
        process.descriptors().stream()
                .filter(descriptor -> (descriptor.file().flags() & FileCalls.O_ASYNC) != 0)
                .findFirst()
                .ifPresent(descriptor -> {
                    throw refusal(
                            process,
                            descriptor.file().target() + " in signal-driven mode (O_ASYNC)",
                            "fd",
                            "when that is switched off");
                });
        return done -> Optional.empty();
    }

    private static Refusal refusal(
            final ProcessView process, final String what, final String plugin, final String when) {
        return new Refusal(process.command() + " (pid " + process.ownPid() + ") has " + what
                + ": no plugin restores it here; enable the " + plugin + " plugin, or checkpoint " + when);
    }
}
