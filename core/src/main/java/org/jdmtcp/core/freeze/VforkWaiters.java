package org.jdmtcp.core.freeze;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jdmtcp.core.procfs.Children;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Syscall;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Threads that cannot stop because they wait for a vfork child.
 *
 * <ol>
 *   <li>{@code vfork(2)} suspends the caller inside the kernel, not interruptibly, until the child executes a program or
 *       ends; the two share all memory until then.
 *   <li>We have seized and interrupted the parent; it will stop as soon as the child lets go of the memory.
 *   <li>If we had the child stopped, it would never do so. So a child that shares the memory of such a parent runs on, and
 *       is let go if it was stopped already.
 *   <li>When the parent has stopped, the child is an ordinary process, found in the next round.
 * </ol>
 */
final class VforkWaiters {
    private static final int SPINS = 50;
    private static final long PAUSE_NANOS = 200_000;

    private final long deadline;
    private final List<Waiter> waiters = new ArrayList<>();
    private final Set<Integer> running = new HashSet<>();

    private record Waiter(int pid, int tid) {}

    VforkWaiters(final Duration patience) {
        deadline = System.nanoTime() + patience.toNanos();
    }

    /** Whether a thread that was interrupted but has not stopped waits for a vfork child. */
    boolean isWaiting(final int pid, final int tid) {
        if (waiters.contains(new Waiter(pid, tid))) {
            return true;
        }
        try {
            if (Stat.read(pid, tid).state() == 'D' && isInFork(pid, tid)) {
                waiters.add(new Waiter(pid, tid));
                return true;
            }
        } catch (final ProcessGoneException e) {
            return false;
        }
        return false;
    }

    private static boolean isInFork(final int pid, final int tid) {
        return Syscall.read(pid, tid) instanceof Syscall.Inside inside
                && (inside.number() == SystemCall.VFORK.number()
                        || inside.number() == SystemCall.CLONE.number()
                        || inside.number() == SystemCall.CLONE3.number());
    }

    /** Whether this process must go on running for now. */
    boolean mustRun(final int pid) {
        return running.contains(pid);
    }

    /**
     * Lets the children of the waiting threads run, and looks who has stopped.
     *
     * @return whether anything is still in motion, so that another round is needed
     * @throws Refusal where a child takes too long
     */
    boolean advance(final Map<Integer, Member> members) {
        if (waiters.isEmpty()) {
            return false;
        }
        running.clear();
        for (final Waiter waiter : waiters) {
            letChildrenRun(waiter, members);
        }
        for (int i = 0; i < SPINS && !someoneStopped(members); i++) {
            // The kernel has no call that waits for a stop for a limited time; exec takes well under a millisecond.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        if (waiters.isEmpty()) {
            running.clear();
        } else if (System.nanoTime() > deadline) {
            final Waiter waiter = waiters.getFirst();
            throw new Refusal("process " + waiter.pid() + " waits for its vfork child " + running
                    + ", which has neither executed a program nor ended for a long time; try again later");
        }
        return true;
    }

    private boolean someoneStopped(final Map<Integer, Member> members) {
        return waiters.removeIf(waiter -> {
            final Member member = members.get(waiter.pid());
            return member == null || member.hasStopped(waiter.tid());
        });
    }

    private void letChildrenRun(final Waiter waiter, final Map<Integer, Member> members) {
        try {
            for (final int child : Children.read(waiter.pid())) {
                if (ProcessCalls.compare(waiter.tid(), child, ProcessCalls.KCMP_VM, 0, 0) == 0) {
                    running.add(child);
                    final Member stopped = members.remove(child);
                    if (stopped != null) {
                        stopped.letGo();
                    }
                }
            }
        } catch (final ProcessGoneException e) {
            members.remove(waiter.pid());
        }
    }
}
