package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/** What this process does on a signal: {@code rt_sigaction(2)}, the kernel's {@code struct sigaction} of 32 bytes. */
final class SignalDispositions {
    private static final long SIG_DFL = 0;
    private static final long SIG_IGN = 1;
    private static final int SIZE = 32;
    private static final int MASK_SIZE = 8;
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;
    private static final int PR_SET_DUMPABLE = 4;

    private SignalDispositions() {}

    /** Ignores signals, as a program that is started next will find it. */
    static void ignore(final long signals) {
        Signal.numbers(signals).forEach(signal -> set(signal, SIG_IGN));
    }

    /** The default action again. */
    static void reset(final int signal) {
        set(signal, SIG_DFL);
    }

    /**
     * Has SIGCHLD come for children that stop, too. At the first use of its process classes, whoever that is, the JDK sets
     * SA_NOCLDSTOP; so that comes first, now.
     */
    static void reportStoppedChildren() {
        try {
            Class.forName("java.lang.ProcessImpl");
        } catch (final ClassNotFoundException e) {
            throw new IllegalStateException("a JDK without java.lang.ProcessImpl", e);
        }
        reset(Signal.SIGCHLD);
    }

    /** Sends a signal to this thread, which blocks it otherwise, and lets it through. */
    static void raise(final int signal) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment set = arena.allocate(MASK_SIZE, 8);
            set.set(ValueLayout.JAVA_LONG, 0, Signal.bit(signal));
            Linux.call(SystemCall.TGKILL, ProcessCalls.self(), ProcessCalls.selfThread(), signal);
            Linux.call(SystemCall.RT_SIGPROCMASK, SIG_UNBLOCK, set.address(), 0, MASK_SIZE, 0, 0);
            Linux.call(SystemCall.RT_SIGPROCMASK, SIG_BLOCK, set.address(), 0, MASK_SIZE, 0, 0);
        }
    }

    /** Ends this process by a signal, as if it had none of its own actions; without a core file, which would show a JVM. */
    static void dieOf(final int signal) {
        Linux.raw(SystemCall.PRCTL, PR_SET_DUMPABLE, 0);
        reset(signal);
        raise(signal);
    }

    private static void set(final int signal, final long handler) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment action = arena.allocate(SIZE, 8);
            action.set(ValueLayout.JAVA_LONG, 0, handler);
            // EINVAL for SIGKILL and SIGSTOP, which nobody can ignore: not ours to report.
            Linux.raw(SystemCall.RT_SIGACTION, signal, action.address(), 0, MASK_SIZE, 0, 0);
        }
    }
}
