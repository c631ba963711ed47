package org.jdmtcp.core.agent;

import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * The agent's part in a shell's job control: when the terminal stops the program, the agent stops too, by the same signal,
 * so that the shell takes the job as stopped. A SIGSTOP that somebody sent to the program alone is none of the shell's
 * business: the agent stays awake, and the program can be checkpointed as it stands.
 */
final class JobControl {
    private JobControl() {}

    /** Whether the agent is to follow. */
    static boolean concerns(final int signal) {
        return (signal == Signal.SIGTSTP || signal == Signal.SIGTTIN || signal == Signal.SIGTTOU)
                && Stat.read(ProcessCalls.self()).ttyNr() != 0;
    }

    /** Stops this process; returns when it was continued. The signal is blocked in every thread otherwise. */
    static void stop(final int signal) {
        SignalDispositions.raise(signal);
    }
}
