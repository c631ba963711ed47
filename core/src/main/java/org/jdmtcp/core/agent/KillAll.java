package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/** Kills every member with SIGKILL, again and again until none is left: what is being forked meanwhile is found next time. */
final class KillAll {
    private static final int ROUNDS = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int POLLFD_SIZE = 8;
    private static final short POLLIN = 1;

    private KillAll() {}

    /** Returns when all members have ended; false where some did not in time, such as one in an uninterruptible sleep. */
    static boolean of(final Family family) {
        for (int round = 0; round < ROUNDS; round++) {
            final List<Integer> members =
                    family.members().stream().filter(Family::isAlive).toList();
            if (members.isEmpty()) {
                return true;
            }
            if (!killAndAwait(members)) {
                return false;
            }
        }
        return false;
    }

    private static boolean killAndAwait(final List<Integer> members) {
        final List<Fd> processes = new ArrayList<>();
        try {
            // By pidfd: a number may be another process's by the time of the second signal.
            members.forEach(pid -> ProcessCalls.pidFd(pid).ifPresent(processes::add));
            // Stopped first: one whose terminal or parent dies a moment before it must not tidy up what an image wants
            // to find.
            processes.forEach(process -> ProcessCalls.sendSignal(process, Signal.SIGSTOP));
            processes.forEach(process -> ProcessCalls.sendSignal(process, Signal.SIGKILL));
            return processes.stream().allMatch(process -> awaitEnd(process, PATIENCE));
        } finally {
            processes.forEach(Fd::close);
        }
    }

    static boolean awaitEnd(final Fd process, final Duration patience) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment polled = arena.allocate(POLLFD_SIZE, 8);
            polled.set(ValueLayout.JAVA_INT, 0, process.number());
            polled.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
            final MemorySegment limit = arena.allocate(16, 8);
            limit.set(ValueLayout.JAVA_LONG, 0, patience.toSeconds());
            limit.set(ValueLayout.JAVA_LONG, 8, patience.toNanosPart());
            return Linux.call(SystemCall.PPOLL, polled.address(), 1, limit.address(), 0, 0, 0) > 0;
        }
    }
}
