package org.jdmtcp.core.freeze;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.core.procfs.Children;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.Sched;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Syscall;
import org.jdmtcp.core.procfs.Tasks;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.x86_64.CallingInstruction;
import org.jdmtcp.core.x86_64.Registers;
import org.jdmtcp.core.x86_64.SystemCallRestart;
import org.jdmtcp.core.x86_64.TimeLimit;
import org.jdmtcp.spi.linux.Errno;

/**
 * What stopped threads were waiting for, and since when. A stop throws a thread out of its system call; where the call has to
 * be made again, it must be the same call, with what is left of its time and not all of it: else a program that is
 * checkpointed every minute would never see an hour end.
 *
 * <ol>
 *   <li>The kernel does not tell when a call began. But the scheduler tells when a thread fell asleep, as long as it sleeps: so
 *       we look <em>before</em> anything is stopped, which costs the program nothing.
 *   <li>A thread that is found in the same call, with the same arguments, when it has stopped has been there since. One that
 *       began its call between look and stop has lost at most that little time, and gets its whole time again.
 *   <li>After a checkpoint some calls go on until the end that the kernel has noted, although the scheduler saw the thread wake
 *       up and fall asleep again. So their beginning is remembered from one checkpoint to the next, if the thread has fallen
 *       asleep just that once in between.
 *   <li>Such a thread is in {@code restart_syscall} then, which only the kernel that interrupted it can make sense of. So the
 *       number of the true call is remembered too; where somebody else (a shell's job control) had stopped the thread before,
 *       the program's own instruction tells it.
 * </ol>
 *
 * Used on the ptrace thread. {@link #look}, then {@link #identify} for stopped threads, then {@link #remember} before they go on.
 */
public final class TimedWaits {
    private final Map<Integer, Wait> waits = new HashMap<>();
    private final Map<Integer, Call> interrupted = new HashMap<>();

    /**
     * @param began {@link System#nanoTime} of its beginning
     * @param switches how often the thread had gone to sleep when it was let go last
     */
    private record Wait(Call call, long began, long switches) {}

    /** Looks at all threads of the processes and their descendants, which run. */
    public void look(final Collection<Integer> roots) {
        final Map<Integer, Wait> before = Map.copyOf(waits);
        waits.clear();
        try (ProcessorClock clock = new ProcessorClock()) {
            for (final int pid : descendants(roots)) {
                look(pid, before, clock);
            }
        }
    }

    private static Set<Integer> descendants(final Collection<Integer> roots) {
        final Set<Integer> found = new LinkedHashSet<>(roots);
        Collection<Integer> parents = roots;
        while (!parents.isEmpty()) {
            final Set<Integer> next = new LinkedHashSet<>();
            for (final int parent : parents) {
                try {
                    Arrays.stream(Children.read(parent)).filter(found::add).forEach(next::add);
                } catch (final ProcessGoneException e) {
                    found.remove(parent);
                }
            }
            parents = next;
        }
        return found;
    }

    private void look(final int pid, final Map<Integer, Wait> before, final ProcessorClock clock) {
        try {
            for (final int tid : Tasks.read(pid)) {
                look(pid, tid, before, clock);
            }
        } catch (final ProcessGoneException e) {
            waits.remove(pid);
        }
    }

    private void look(final int pid, final int tid, final Map<Integer, Wait> before, final ProcessorClock clock) {
        if (!(Syscall.read(pid, tid) instanceof Syscall.Inside inside)) {
            return;
        }
        final Call call = original(tid, Call.of(inside));
        final Optional<Sched> sched = call.limit().isPresent() ? Sched.read(pid, tid) : Optional.empty();
        if (sched.isEmpty()) {
            return;
        }
        final Wait known = before.get(tid);
        if (known != null && known.call.equals(call) && sched.get().voluntarySwitches() == known.switches + 1) {
            waits.put(tid, known);
        } else {
            clock.nanoTime(Stat.read(pid, tid).processor(), sched.get().lastRun())
                    .ifPresent(began -> waits.put(tid, new Wait(call, began, 0)));
        }
    }

    private Call original(final int tid, final Call call) {
        final Call last = interrupted.get(tid);
        return call.isResumed() && last != null && last.equals(call.numbered(last.number())) ? last : call;
    }

    /** Finds out what a thread that has just stopped was waiting for, and tells it to the thread. */
    void identify(final Tracee thread) {
        final Registers registers = thread.registers();
        if (!SystemCallRestart.isInterrupted(registers) && registers.result() != -Errno.EINTR) {
            interrupted.remove(thread.tid());
            return;
        }
        Call call = original(thread.tid(), Call.of(registers));
        if (call.isResumed()) {
            call = call.numbered(
                    CallingInstruction.number(thread.tid(), call.pc()).orElse(call.number()));
        }
        if (call.number() != registers.systemCall()) {
            thread.setRegisters(registers.inSystemCall(call.number()));
        }
        final Wait wait = waits.get(thread.tid());
        if (wait != null && wait.call.equals(call)) {
            thread.waitingSince(wait.began, call.limit().orElseThrow());
        }
        interrupted.put(thread.tid(), call);
    }

    /** Remembers what the next checkpoint needs to know. To be called last: the threads must do nothing more for us. */
    public void remember(final FrozenTree tree) {
        tree.removeScratch();
        final Map<Integer, Wait> kept = new HashMap<>();
        final Set<Integer> living = new HashSet<>();
        for (final FrozenProcess process : tree.processes()) {
            for (final Tracee thread : process.threads()) {
                living.add(thread.tid());
                final Wait wait = waits.get(thread.tid());
                if (wait != null
                        && wait.call.limit().filter(TimeLimit::kernelKeeps).isPresent()) {
                    Sched.read(thread.pid(), thread.tid())
                            .ifPresent(sched ->
                                    kept.put(thread.tid(), new Wait(wait.call, wait.began, sched.voluntarySwitches())));
                }
            }
        }
        waits.clear();
        waits.putAll(kept);
        interrupted.keySet().retainAll(living);
    }
}
