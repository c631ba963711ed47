package org.jdmtcp.core.checkpoint;

import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.ProcessCalls;

/** Processes that share more than threads of different processes normally do: {@code clone(2)} without CLONE_THREAD. */
final class SharedTables {
    private static final int[] TYPES = {
        ProcessCalls.KCMP_VM, ProcessCalls.KCMP_FILES, ProcessCalls.KCMP_FS, ProcessCalls.KCMP_SIGHAND
    };
    private static final String[] NAMES = {
        "memory (CLONE_VM)", "descriptors (CLONE_FILES)", "folders (CLONE_FS)", "signal handlers (CLONE_SIGHAND)"
    };

    private SharedTables() {}

    /** @throws Refusal where a process shares a table with its parent */
    static void refuseSharing(final FrozenTree tree) {
        for (final FrozenProcess process : tree.processes()) {
            tree.process(process.parentPid()).ifPresent(parent -> compare(parent, process));
        }
    }

    private static void compare(final FrozenProcess parent, final FrozenProcess child) {
        for (int i = 0; i < TYPES.length; i++) {
            final int parentTid = parent.mainThread().tid();
            if (ProcessCalls.compare(parentTid, child.mainThread().tid(), TYPES[i], 0, 0) == 0) {
                throw new Refusal(child.describe() + " shares its " + NAMES[i] + " with its parent " + parent.describe()
                        + ": processes made that way cannot be restored yet");
            }
        }
    }
}
