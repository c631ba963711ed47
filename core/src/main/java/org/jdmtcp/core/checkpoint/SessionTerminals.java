package org.jdmtcp.core.checkpoint;

import java.util.List;
import java.util.Optional;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.TerminalCalls;

/**
 * Controlling terminals that are pseudo-terminals of the computation's own. The one that it was launched on is not: its
 * processes get dmtcp_restart's. A session whose terminal nobody has open has none, so an open file of it is always found.
 */
final class SessionTerminals {
    private static final long CONTROLLING = 5L << 32;

    private final FrozenTree tree;
    private final List<OpenFileView> terminals;

    SessionTerminals(final FrozenTree tree, final List<OpenFileView> files) {
        this.tree = tree;
        // Making it the controlling one takes a descriptor that can read.
        this.terminals = files.stream()
                .filter(file -> file.status().type() == FileStatus.S_IFCHR)
                .filter(file -> (file.flags() & FileCalls.O_PATH) == 0
                        && file.standardStream().isEmpty())
                .sorted((a, b) -> Boolean.compare(canRead(b), canRead(a)))
                .toList();
    }

    private static boolean canRead(final OpenFileView file) {
        return (file.flags() & FileCalls.O_ACCMODE) != FileCalls.O_WRONLY;
    }

    /** The id of an open file of a process's controlling terminal, 0 for none of the computation's own. */
    long of(final Stat process) {
        if (process.ttyNr() == 0) {
            return 0;
        }
        final long device = TerminalCalls.device(process.ttyNr());
        return terminals.stream()
                .filter(file -> device(file) == device)
                .findFirst()
                .map(OpenFileView::id)
                .orElse(0L);
    }

    private static long device(final OpenFileView file) {
        final long number = file.status().rdev();
        return number == CONTROLLING ? TerminalCalls.device(file.open()) : number;
    }

    /** The foreground group of a process's terminal as the programs see it; 0 where nobody is in it any more. */
    int foregroundGroup(final Stat process) {
        final Optional<Integer> ofProcess = tree.processes().stream()
                .filter(member -> member.status().nsPgid().getFirst() == process.tpgid())
                .map(member -> member.status().nsPgid().getLast())
                .findFirst();
        return ofProcess
                .or(() -> tree.zombies().stream()
                        .filter(zombie -> zombie.status().nsPgid().getFirst() == process.tpgid())
                        .map(zombie -> zombie.status().nsPgid().getLast())
                        .findFirst())
                .orElse(0);
    }
}
