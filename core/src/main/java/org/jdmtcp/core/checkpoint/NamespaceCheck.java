package org.jdmtcp.core.checkpoint;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * Processes must be in the agent's namespaces, or in those that a restart made for them: then the parent of the first
 * process is the namespace's init, a child of the agent. A time namespace may be any, but one for all: their clocks are in
 * the image, and go on from there.
 */
final class NamespaceCheck {
    private static final String[] NAMES = {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"};
    private static final String TIME = "time";
    private static final String TIME_FOR_CHILDREN = "time_for_children";

    private final Map<String, Long> own = links(ProcessCalls.self());
    private final FrozenTree tree;

    private NamespaceCheck(final FrozenTree tree) {
        this.tree = tree;
    }

    /** @throws Refusal naming the process and the namespace */
    static void check(final FrozenTree tree) {
        final NamespaceCheck check = new NamespaceCheck(tree);
        final Map<Integer, Map<String, Long>> ofParents = new HashMap<>();
        for (final FrozenProcess process : tree.processes()) {
            check.check(process, ofParents);
            check.checkTime(process);
        }
    }

    private void check(final FrozenProcess process, final Map<Integer, Map<String, Long>> ofParents) {
        final Map<String, Long> links = links(process.mainThread().tid());
        if (links.equals(own)) {
            return;
        }
        final Map<String, Long> allowed =
                ofParents.computeIfAbsent(rootParent(process), pid -> isOurInit(pid) ? links(pid) : own);
        for (final String name : NAMES) {
            if (!java.util.Objects.equals(links.get(name), allowed.get(name))) {
                throw new Refusal(process.describe() + " is in a " + name
                        + " namespace of its own (a container or sandbox): it cannot be restored yet;"
                        + " run dmtcp_launch inside of the container instead");
            }
        }
    }

    private void checkTime(final FrozenProcess process) {
        final Optional<Long> ofFirst =
                link(tree.processes().getFirst().mainThread().tid(), TIME);
        final int tid = process.mainThread().tid();
        if (!link(tid, TIME).equals(ofFirst) || !link(tid, TIME_FOR_CHILDREN).equals(ofFirst)) {
            throw new Refusal(process.describe() + " or its children are in another time namespace than "
                    + tree.processes().getFirst().describe() + ": it cannot be restored yet; have all programs of the"
                    + " computation share one");
        }
    }

    private int rootParent(final FrozenProcess process) {
        int parent = process.parentPid();
        Optional<FrozenProcess> member = tree.process(parent);
        while (member.isPresent()) {
            parent = member.get().parentPid();
            member = tree.process(parent);
        }
        return parent;
    }

    private static boolean isOurInit(final int pid) {
        return pid > 1 && Stat.read(pid).ppid() == ProcessCalls.self();
    }

    private static Map<String, Long> links(final int pid) {
        final Map<String, Long> links = new HashMap<>();
        for (final String name : NAMES) {
            link(pid, name).ifPresent(inode -> links.put(name, inode));
        }
        return links;
    }

    private static Optional<Long> link(final int pid, final String name) {
        return FileCalls.status("/proc/" + pid + "/ns/" + name).map(FileStatus::inode);
    }
}
