package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jdmtcp.core.procfs.FdTable;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;

/** Finds processes outside of the computation that have something open, to name them to the user. */
final class Outsiders {
    private Outsiders() {}

    /** Processes with a descriptor of that link target, as far as this user may look: {@code less (pid 812)}. */
    static List<String> holding(final String target, final Collection<Integer> members) {
        final List<String> found = new ArrayList<>();
        final int self = ProcessCalls.self();
        final String[] names = new java.io.File("/proc").list((folder, name) -> Character.isDigit(name.charAt(0)));
        for (final String name : names == null ? new String[0] : names) {
            final int pid = Integer.parseInt(name);
            if (pid != self && !members.contains(pid) && holds(pid, target)) {
                found.add(describe(pid));
            }
        }
        return found;
    }

    private static boolean holds(final int pid, final String target) {
        try {
            for (final int number : FdTable.numbers(pid)) {
                if (FileCalls.readLink("/proc/" + pid + "/fd/" + number)
                        .filter(target::equals)
                        .isPresent()) {
                    return true;
                }
            }
        } catch (final ProcessGoneException | java.io.UncheckedIOException | LinuxException e) {
            // It ended meanwhile, or is another user's: then it is none that we could name.
            return false;
        }
        return false;
    }

    private static String describe(final int pid) {
        try {
            return Stat.read(pid).comm() + " (pid " + pid + ")";
        } catch (final ProcessGoneException e) {
            return "pid " + pid;
        }
    }
}
