package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * The agent's part in a shell's job control: when the terminal stops the program, the agent stops too, by the same signal,
 * so that the shell takes the job as stopped. A SIGSTOP that somebody sent to the program alone is none of the shell's
 * business: the agent stays awake, and the program can be checkpointed as it stands.
 */
final class JobControl {
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;
    private static final int MASK_SIZE = 8;

    private JobControl() {}

    /** Whether the agent is to follow. */
    static boolean concerns(final int signal) {
        return (signal == Signal.SIGTSTP || signal == Signal.SIGTTIN || signal == Signal.SIGTTOU)
                && Stat.read(ProcessCalls.self()).ttyNr() != 0;
    }

    /** Stops this process; returns when it was continued. The signal is blocked in every thread otherwise. */
    static void stop(final int signal) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment set = arena.allocate(MASK_SIZE, 8);
            set.set(ValueLayout.JAVA_LONG, 0, Signal.bit(signal));
            Linux.call(SystemCall.TGKILL, ProcessCalls.self(), ProcessCalls.selfThread(), signal);
            Linux.call(SystemCall.RT_SIGPROCMASK, SIG_UNBLOCK, set.address(), 0, MASK_SIZE, 0, 0);
            Linux.call(SystemCall.RT_SIGPROCMASK, SIG_BLOCK, set.address(), 0, MASK_SIZE, 0, 0);
        }
    }
}
