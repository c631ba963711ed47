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
 * process is the namespace's init, a child of the agent.
 */
final class NamespaceCheck {
    private static final String[] NAMES = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};

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
            FileCalls.status("/proc/" + pid + "/ns/" + name)
                    .map(FileStatus::inode)
                    .ifPresent(inode -> links.put(name, inode));
        }
        return links;
    }
}
