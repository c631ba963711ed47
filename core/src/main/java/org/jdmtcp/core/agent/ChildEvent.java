package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * What the kernel has to tell about a child: {@code waitid(2)}.
 *
 * <p>The engine's tracees are children too, and any wait for a child also takes away the ptrace stops that the engine waits
 * for. So this class looks first (WNOWAIT) and takes only what is no ptrace stop; between the two nobody may begin to trace,
 * which is why it is used on the engine's thread only.
 */
sealed interface ChildEvent {
    int P_PID = 1;
    int WNOHANG = 1;
    int WSTOPPED = 2;
    int WEXITED = 4;
    int WCONTINUED = 8;
    int WNOWAIT = 0x0100_0000;
    int CLD_EXITED = 1;
    int CLD_KILLED = 2;
    int CLD_DUMPED = 3;
    int CLD_STOPPED = 5;
    int CLD_CONTINUED = 6;
    int SIGINFO_SIZE = 128;
    int SI_CODE = 8;
    int SI_PID = 16;
    int SI_STATUS = 24;

    /** It has ended and is gone from the kernel's tables now. */
    record Ended(WaitStatus status) implements ChildEvent {}

    /** Job control stopped it. */
    record Stopped(int signal) implements ChildEvent {}

    /** It runs again. */
    record Continued() implements ChildEvent {}

    /** It is no child (any more). */
    record NoChild() implements ChildEvent {}

    /** Takes the next event of a child; empty where there is none, or only one for the engine. */
    static Optional<ChildEvent> take(final int pid) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment info = arena.allocate(SIGINFO_SIZE, 8);
            final long peeked = wait(pid, info, WEXITED | WSTOPPED | WCONTINUED | WNOWAIT);
            if (peeked == -Errno.ECHILD) {
                return Optional.of(new NoChild());
            }
            Linux.check(peeked, "waitid(" + pid + ")");
            if (info.get(ValueLayout.JAVA_INT, SI_PID) == 0) {
                return Optional.empty();
            }
            final int code = info.get(ValueLayout.JAVA_INT, SI_CODE);
            final int status = info.get(ValueLayout.JAVA_INT, SI_STATUS);
            return switch (code) {
                case CLD_EXITED -> taken(pid, info, WEXITED, new Ended(new WaitStatus.Exited(status)));
                case CLD_KILLED, CLD_DUMPED -> taken(pid, info, WEXITED, new Ended(new WaitStatus.Killed(status)));
                case CLD_STOPPED -> taken(pid, info, WSTOPPED, new Stopped(status));
                case CLD_CONTINUED -> taken(pid, info, WCONTINUED, new Continued());
                default -> Optional.empty();
            };
        }
    }

    private static Optional<ChildEvent> taken(
            final int pid, final MemorySegment info, final int kind, final ChildEvent event) {
        Linux.check(wait(pid, info, kind), "waitid(" + pid + ")");
        return Optional.of(event);
    }

    private static long wait(final int pid, final MemorySegment info, final int kinds) {
        return Linux.raw(SystemCall.WAITID, P_PID, pid, info.address(), kinds | WNOHANG, 0, 0);
    }
}
