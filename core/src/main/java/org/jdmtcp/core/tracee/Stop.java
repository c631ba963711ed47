package org.jdmtcp.core.tracee;

/** Why {@code wait4(2)} reported a tracee: the kinds of stop of {@code ptrace(2)}, and the ends of a thread. */
public sealed interface Stop {
    int PTRACE_EVENT_FORK = 1;
    int PTRACE_EVENT_VFORK = 2;
    int PTRACE_EVENT_CLONE = 3;
    int PTRACE_EVENT_EXEC = 4;
    int PTRACE_EVENT_EXIT = 6;
    int PTRACE_EVENT_STOP = 128;
    int SIGTRAP = 5;

    /** A PTRACE_EVENT stop; for PTRACE_EVENT_STOP the signal is SIGTRAP, or the stop signal of a group-stop. */
    record Event(int event, int signal) implements Stop {
        /** Whether the whole process is stopped by a signal, as {@code kill -STOP} does. */
        public boolean isGroupStop() {
            return event == PTRACE_EVENT_STOP && signal != SIGTRAP;
        }
    }

    /** Entry to or exit from a system call, after PTRACE_SYSCALL with PTRACE_O_TRACESYSGOOD. */
    record SystemCallStop() implements Stop {}

    /** A signal is about to be delivered. */
    record SignalDelivery(int signal) implements Stop {}

    /** The thread or process ended by itself. @param code its exit code, 0 to 255 */
    record Exited(int code) implements Stop {}

    /** The thread or process was ended by a signal. */
    record Killed(int signal) implements Stop {}

    /** Decodes the status word of {@code wait4(2)}: {@code sys/wait.h}, {@code ptrace(2)}. */
    static Stop decode(final int status) {
        final int low = status & 0x7f;
        if (low == 0) {
            return new Exited(status >> 8 & 0xff);
        }
        if ((status & 0xff) != 0x7f) {
            return new Killed(low);
        }
        final int signal = status >> 8 & 0xff;
        final int event = status >> 16 & 0xff;
        if (event != 0) {
            return new Event(event, signal);
        }
        return signal == (SIGTRAP | 0x80) ? new SystemCallStop() : new SignalDelivery(signal);
    }
}
