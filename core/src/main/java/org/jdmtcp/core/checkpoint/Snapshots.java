package org.jdmtcp.core.checkpoint;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.core.procfs.Children;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.procfs.VmFlag;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/** The snapshots of all processes, forked at the same time. Used on the ptrace thread. */
final class Snapshots {
    private final HostCapture capture;

    private Snapshots(final HostCapture capture) {
        this.capture = capture;
    }

    /** Forks. @return what could be forked; a process for whose copy there is no room is missing */
    static Map<FrozenProcess, Snapshot> of(final Ptrace ptrace, final HostCapture capture) {
        return new Snapshots(capture).take(ptrace);
    }

    private Map<FrozenProcess, Snapshot> take(final Ptrace ptrace) {
        final Map<FrozenProcess, SnapshotFork> forks = new LinkedHashMap<>();
        for (final FrozenProcess process : capture.processes()) {
            SnapshotFork.start(process, objects(process)).ifPresent(fork -> forks.put(process, fork));
        }
        final Map<FrozenProcess, Integer> copies = new LinkedHashMap<>();
        forks.forEach((process, fork) -> fork.finish().ifPresent(ownPid -> copies.put(process, ownPid)));
        final Map<Integer, Integer> pids = pids(copies.values());
        final Map<FrozenProcess, Snapshot> snapshots = new LinkedHashMap<>();
        try {
            copies.forEach((process, ownPid) -> snapshots.put(
                    process,
                    Snapshot.hold(ptrace, Objects.requireNonNull(pids.get(ownPid), "a snapshot is nobody's child"))));
        } catch (final RuntimeException e) {
            snapshots.values().forEach(Snapshot::close);
            throw e;
        }
        return snapshots;
    }

    private List<Range> objects(final FrozenProcess process) {
        return capture.state(process).getMemory().getMappingsList().stream()
                .filter(m -> m.getKind() == MappingState.Kind.OBJECT)
                .filter(m -> !m.getFlagsList().contains(VmFlag.DC.mnemonic()))
                .map(m -> new Range(m.getStart(), m.getEnd() - m.getStart()))
                .toList();
    }

    // From what the programs see to what the agent sees. In a pid namespace the copies have to be looked for, at
    // whoever there
    // gets orphans.
    private Map<Integer, Integer> pids(final Collection<Integer> ownPids) {
        final FrozenProcess first = capture.processes().iterator().next();
        final Map<Integer, Integer> pids = new HashMap<>();
        if (first.pid() == first.ownPid()) {
            ownPids.forEach(pid -> pids.put(pid, pid));
            return pids;
        }
        final Set<Integer> members =
                capture.processes().stream().map(FrozenProcess::pid).collect(Collectors.toSet());
        for (final int reaper : reapers(members)) {
            for (final int pid : Children.read(reaper)) {
                if (!members.contains(pid)) {
                    note(pid, pids);
                }
            }
        }
        return pids;
    }

    private Set<Integer> reapers(final Set<Integer> members) {
        final Set<Integer> reapers = new LinkedHashSet<>();
        for (final FrozenProcess process : capture.processes()) {
            if (!members.contains(process.parentPid())) {
                reapers.add(process.parentPid());
            }
            if (capture.state(process).getAttributes().getChildSubreaper()) {
                reapers.add(process.pid());
            }
        }
        return reapers;
    }

    private static void note(final int pid, final Map<Integer, Integer> pids) {
        try {
            pids.put(Status.read(pid).nsPid().getLast(), pid);
        } catch (final ProcessGoneException e) {
            pids.values().remove(pid); // a child of the program's that has just been reaped
        }
    }
}
