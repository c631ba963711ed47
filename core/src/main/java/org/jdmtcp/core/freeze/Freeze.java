package org.jdmtcp.core.freeze;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jdmtcp.core.procfs.Children;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.procfs.Tasks;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.tracee.TraceeGoneException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings processes and all their descendants to a stop, whatever they do meanwhile.
 *
 * <p>Why one look is not enough, and how it ends:
 *
 * <ol>
 *   <li>A thread that still runs may start threads and children while we look at its neighbours.
 *   <li>So we list threads and children again and again, stopping what is new, until a whole round finds nothing new.
 *   <li>In that round everything known was stopped before the lists were read; stopped threads start nothing. Hence what the
 *       round did not find does not exist.
 * </ol>
 *
 * A parent that waits for its vfork child cannot stop before the child has executed its program or ended; such a child is
 * left running until then: see {@link VforkWaiters}.
 */
public final class Freeze {
    private static final Logger LOG = LoggerFactory.getLogger(Freeze.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int ROUNDS = 1000;

    private final Ptrace ptrace;
    private final Supplier<? extends Collection<Integer>> roots;
    private final TimedWaits waits;
    private final Map<Integer, Member> members = new LinkedHashMap<>();

    private Freeze(final Ptrace ptrace, final Supplier<? extends Collection<Integer>> roots, final TimedWaits waits) {
        this.ptrace = ptrace;
        this.roots = roots;
        this.waits = waits;
    }

    /**
     * Stops everything.
     *
     * @param roots process ids from which the descendants are found; asked again in every round, since orphans become roots
     * @param waits what is known of the threads' calls from before the stop
     * @return the tree; the caller closes it, which lets all go
     * @throws org.jdmtcp.spi.Refusal where a process cannot be stopped; everything runs on as before then
     */
    public static FrozenTree of(
            final Ptrace ptrace, final Supplier<? extends Collection<Integer>> roots, final TimedWaits waits) {
        final Freeze freeze = new Freeze(ptrace, roots, waits);
        try {
            return freeze.run();
        } catch (final RuntimeException e) {
            freeze.members.values().forEach(Member::letGo);
            throw e;
        }
    }

    private FrozenTree run() {
        for (int round = 0; round < ROUNDS; round++) {
            stopAll();
            if (isComplete()) {
                LOG.debug("{} processes are stopped after {} rounds", members.size(), round + 1);
                return tree();
            }
        }
        throw new org.jdmtcp.spi.Refusal("the processes multiply faster than they can be stopped (" + members.size()
                + " stopped after " + ROUNDS + " rounds); try again when fewer are being started");
    }

    private void stopAll() {
        final VforkWaiters vforkWaiters = new VforkWaiters(PATIENCE);
        boolean found = true;
        while (found) {
            found = findThreads();
            for (final Member member : members.values()) {
                member.collectStops(vforkWaiters);
            }
            found |= vforkWaiters.advance(members);
            members.values().removeIf(Member::isEmpty);
            found |= findProcesses(vforkWaiters);
        }
    }

    private boolean findThreads() {
        boolean found = false;
        for (final Member member : List.copyOf(members.values())) {
            try {
                for (final int tid : Tasks.read(member.pid())) {
                    found |= member.seize(tid);
                }
            } catch (final ProcessGoneException e) {
                member.gone();
            }
        }
        return found;
    }

    private boolean findProcesses(final VforkWaiters vforkWaiters) {
        boolean found = false;
        for (final int pid : roots.get()) {
            found |= add(pid, vforkWaiters);
        }
        for (final Member member : List.copyOf(members.values())) {
            try {
                for (final int pid : Children.read(member.pid())) {
                    found |= add(pid, vforkWaiters);
                }
            } catch (final ProcessGoneException e) {
                member.gone();
            }
        }
        return found;
    }

    private boolean add(final int pid, final VforkWaiters vforkWaiters) {
        if (members.containsKey(pid) || vforkWaiters.mustRun(pid)) {
            return false;
        }
        members.put(pid, new Member(ptrace, pid));
        return true;
    }

    // A thread other than the leader that executes a program takes over the leader's id and leaves the stop that we
    // know of;
    // then a thread's registers cannot be read, and the process is stopped anew.
    private boolean isComplete() {
        boolean complete = true;
        for (final Member member : List.copyOf(members.values())) {
            try {
                member.takeCharge(waits);
            } catch (final TraceeGoneException | ProcessGoneException e) {
                member.letGo();
                members.remove(member.pid());
                complete = false;
            }
        }
        return complete;
    }

    private FrozenTree tree() {
        final List<FrozenProcess> processes = new ArrayList<>();
        final List<ZombieProcess> zombies = new ArrayList<>();
        for (final Member member : members.values()) {
            final Stat stat = Stat.read(member.pid());
            final Status status = Status.read(member.pid());
            if (member.isZombie()) {
                zombies.add(new ZombieProcess(member.pid(), stat.ppid(), status, stat));
            } else {
                final List<Tracee> threads = member.threads();
                processes.add(new FrozenProcess(member.pid(), stat.ppid(), status, threads, member.stopSignal()));
            }
        }
        return new FrozenTree(parentsFirst(processes), zombies);
    }

    private static List<FrozenProcess> parentsFirst(final List<FrozenProcess> processes) {
        final Map<Integer, FrozenProcess> left = new LinkedHashMap<>();
        processes.forEach(p -> left.put(p.pid(), p));
        final List<FrozenProcess> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            final List<FrozenProcess> next = left.values().stream()
                    .filter(p -> !left.containsKey(p.parentPid()))
                    .toList();
            ordered.addAll(next);
            next.forEach(p -> left.remove(p.pid()));
        }
        return ordered;
    }
}
