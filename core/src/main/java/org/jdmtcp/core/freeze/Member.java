package org.jdmtcp.core.freeze;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Stop;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.tracee.TraceeGoneException;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;

/** A process on its way to a stop: which of its threads are seized, stopped, ended. */
final class Member {
    private final Ptrace ptrace;
    private final int pid;
    private final Map<Integer, ThreadState> threads = new LinkedHashMap<>();
    private final List<Tracee> tracees = new ArrayList<>();
    private boolean gone;
    private int stopSignal;

    private enum ThreadState {
        STOPPING,
        STOPPED,
        ZOMBIE
    }

    Member(final Ptrace ptrace, final int pid) {
        this.ptrace = ptrace;
        this.pid = pid;
    }

    int pid() {
        return pid;
    }

    /** Seizes and interrupts a thread that is not known yet. @return whether it was new */
    boolean seize(final int tid) {
        if (threads.containsKey(tid)) {
            return false;
        }
        final long result = ptrace.seize(tid, Ptrace.PTRACE_O_TRACESYSGOOD);
        if (result == -Errno.ESRCH) {
            return false;
        }
        if (result == -Errno.EPERM) {
            return explain(tid);
        }
        Linux.check(result, "ptrace(PTRACE_SEIZE, tid " + tid + ")");
        ptrace.interrupt(tid);
        threads.put(tid, ThreadState.STOPPING);
        return true;
    }

    private boolean explain(final int tid) {
        final Status status;
        try {
            final char state = Stat.read(pid, tid).state();
            if (state == 'Z' || state == 'X') {
                return threads.put(tid, ThreadState.ZOMBIE) == null;
            }
            status = Status.read(pid, tid);
        } catch (final ProcessGoneException e) {
            return false;
        }
        if (status.tracerPid() != 0) {
            throw new Refusal(status.name() + " (pid " + pid + ") is traced by process " + status.tracerPid()
                    + " (a debugger or strace?): a process can have one tracer only; detach it and try again");
        }
        throw new Refusal(
                status.name() + " (pid " + pid + ", uid " + status.uid().real()
                        + ") may not be traced by this user: run as the program's user or as root, and see the kernel's"
                        + " kernel.yama.ptrace_scope");
    }

    /** Waits until all threads have stopped, apart from those that wait for a vfork child. */
    void collectStops(final VforkWaiters vforkWaiters) {
        for (final int tid : List.copyOf(threads.keySet())) {
            if (threads.get(tid) == ThreadState.STOPPING && !hasStopped(tid) && !vforkWaiters.isWaiting(pid, tid)) {
                collectStop(tid);
            }
        }
    }

    /** Looks whether a thread has stopped, without waiting. @return whether it has, now or earlier, or has ended */
    boolean hasStopped(final int tid) {
        if (threads.get(tid) != ThreadState.STOPPING) {
            return true;
        }
        try {
            final Optional<Stop> stop = ptrace.poll(tid);
            return stop.isPresent() && accept(tid, stop.get());
        } catch (final TraceeGoneException e) {
            threads.remove(tid);
            return true;
        }
    }

    private void collectStop(final int tid) {
        try {
            while (!accept(tid, ptrace.await(tid))) {
                // A signal was on its way to the program: it has it now, and the interrupt is still waiting.
            }
        } catch (final TraceeGoneException e) {
            threads.remove(tid);
        }
    }

    private boolean accept(final int tid, final Stop stop) {
        return switch (stop) {
            case Stop.Event event -> {
                stopSignal = event.isGroupStop() ? event.signal() : stopSignal;
                threads.put(tid, ThreadState.STOPPED);
                yield true;
            }
            case Stop.SignalDelivery(int signal) -> {
                ptrace.resume(tid, signal);
                yield false;
            }
            case Stop.SystemCallStop s -> {
                ptrace.resume(tid, 0);
                yield false;
            }
            case Stop.Exited e -> threads.remove(tid) != null;
            case Stop.Killed k -> threads.remove(tid) != null;
        };
    }

    /** Reads the state of every stopped thread. @throws TraceeGoneException where one has left its stop */
    void takeCharge(final TimedWaits waits) {
        tracees.clear();
        final Status status = Status.read(pid);
        for (final Map.Entry<Integer, ThreadState> thread : threads.entrySet()) {
            if (thread.getValue() == ThreadState.STOPPED) {
                final int tid = thread.getKey();
                final int ownTid = tid == pid
                        ? status.nsPid().getLast()
                        : status.nsPid().size() == 1
                                ? tid
                                : Status.read(pid, tid).nsPid().getLast();
                final Tracee tracee =
                        new Tracee(ptrace, pid, tid, status.nsTgid().getLast(), ownTid);
                waits.identify(tracee);
                Interruption.mend(tracee);
                tracees.add(tracee);
            }
        }
    }

    List<Tracee> threads() {
        final List<Tracee> leaderFirst = new ArrayList<>(tracees);
        leaderFirst.sort((a, b) -> Boolean.compare(b.tid() == pid, a.tid() == pid));
        return leaderFirst;
    }

    boolean isZombie() {
        return tracees.isEmpty();
    }

    /** The signal that had stopped the whole process; 0 where none had. */
    int stopSignal() {
        return stopSignal;
    }

    void gone() {
        gone = true;
    }

    /** Whether nothing is left of it, not even a zombie. */
    boolean isEmpty() {
        return gone;
    }

    /** Lets its threads run on. */
    void letGo() {
        for (final Map.Entry<Integer, ThreadState> thread : threads.entrySet()) {
            if (thread.getValue() != ThreadState.ZOMBIE) {
                letGo(thread.getKey(), thread.getValue());
            }
        }
        threads.clear();
        tracees.clear();
    }

    private void letGo(final int tid, final ThreadState state) {
        try {
            if (state == ThreadState.STOPPING) {
                collectStop(tid);
            }
            ptrace.detach(tid, 0);
        } catch (final TraceeGoneException e) {
            // It ended by itself: there is nothing to let go.
            gone = true;
        }
    }
}
