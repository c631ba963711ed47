package org.jdmtcp.core.freeze;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Signals that wait only because the process is traced.
 *
 * <ol>
 *   <li>The kernel throws a signal away that is ignored and not blocked, when it is sent; such as SIGCHLD, as long as nobody handles it.
 *   <li>Not so for a traced process: there it is queued, for the tracer to see ({@code kernel/signal.c}, sig_ignored).
 *   <li>A child that ends while its parent is stopped leaves such a SIGCHLD. When the parent runs on, its call is made again, finds a
 *       signal waiting, and ends with EINTR where the kernel does not restart it by itself ({@code epoll_wait}, {@code
 *       semop}, ...). The signal is then taken and ignored: the program sees an interruption by nothing.
 *   <li>So what would have been thrown away is thrown away, right before the process is let go, and is not kept in images.
 * </ol>
 *
 * Children are let go before their parents; one that ends in the microseconds between the last look and the parent's own
 * freedom can still interrupt it.
 */
public final class IgnoredSignals {
    private static final int SIGCHLD = 17;
    private static final int SIGURG = 23;
    private static final int SIGWINCH = 28;
    /** Ignored by default. SIGCONT, which does its work when it is sent, is left to the kernel. */
    private static final long BY_DEFAULT = bit(SIGCHLD) | bit(SIGURG) | bit(SIGWINCH);

    private static final int MASK_SIZE = 8;
    private static final int TIMESPEC_SIZE = 16;
    private static final int ROUNDS = 10;

    private IgnoredSignals() {}

    private static long bit(final int signal) {
        return 1L << signal - 1;
    }

    /** The signals that a thread ignores and does not block, bit N-1 for signal N. @param blocked the thread's mask */
    public static long mask(final Status process, final long blocked) {
        return (process.ignored() | BY_DEFAULT & ~process.caught()) & ~blocked;
    }

    /** Throws away what waits for a process and its threads. Until nothing is left: children may be ending meanwhile. */
    static void discard(final FrozenProcess process) {
        for (int round = 0; round < ROUNDS && discardOnce(process); round++) {
            process.removeScratch();
        }
    }

    private static boolean discardOnce(final FrozenProcess process) {
        boolean found = false;
        final List<Tracee> threads = process.threads();
        for (int i = 0; i < threads.size(); i++) {
            final Tracee thread = threads.get(i);
            final long waiting = (thread.pendingMask(false) | (i == 0 ? thread.pendingMask(true) : 0))
                    & mask(process.status(), thread.signalMask());
            if (waiting != 0) {
                take(process, thread, waiting);
                found = true;
            }
        }
        return found;
    }

    private static void take(final FrozenProcess process, final Tracee thread, final long signals) {
        final Batch batch = process.scratch().through(thread).batch().failSafe(thread.extendedState());
        final byte[] set = new byte[MASK_SIZE];
        ByteBuffer.wrap(set).order(ByteOrder.LITTLE_ENDIAN).putLong(0, signals);
        final long address = batch.put(set);
        final long now = batch.room(TIMESPEC_SIZE);
        for (int i = 0; i < Long.bitCount(signals); i++) {
            batch.add(SystemCall.RT_SIGTIMEDWAIT, address, 0, now, MASK_SIZE);
        }
        batch.run();
    }
}
