package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;

/** What this process does on a signal: {@code rt_sigaction(2)}, the kernel's {@code struct sigaction} of 32 bytes. */
final class SignalDispositions {
    private static final long SIG_DFL = 0;
    private static final long SIG_IGN = 1;
    private static final int SIZE = 32;
    private static final int MASK_SIZE = 8;

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

    private static void set(final int signal, final long handler) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment action = arena.allocate(SIZE, 8);
            action.set(ValueLayout.JAVA_LONG, 0, handler);
            // EINVAL for SIGKILL and SIGSTOP, which nobody can ignore: not ours to report.
            Linux.raw(SystemCall.RT_SIGACTION, signal, action.address(), 0, MASK_SIZE, 0, 0);
        }
    }
}
