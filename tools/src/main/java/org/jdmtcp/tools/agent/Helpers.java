package org.jdmtcp.tools.agent;

import org.jdmtcp.core.procfs.CommandLine;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.tracee.StubProcess;
import org.jdmtcp.spi.linux.FileCalls;

/** The processes that the tools start beside the program: coordinators and agents, also while they are only becoming that. */
final class Helpers {
    /** How a process may be called on its way: Java's own starter, setsid(1), a launcher script, java. */
    private static final String STARTER = "/jspawnhelper";

    private static final String TOOLS = "org.jdmtcp.tools.";
    private static final String COORDINATOR = "/bin/dmtcp_coordinator";
    private static final String SUCCESSOR = Successor.OPTION;

    private Helpers() {}

    /** Whether a child of this process is one of them. */
    static boolean isOne(final int pid) {
        try {
            return FileCalls.readLink("/proc/" + pid + "/exe")
                            .filter(exe -> exe.endsWith(STARTER))
                            .isPresent()
                    || CommandLine.read(pid).arguments().stream()
                            .anyMatch(argument -> argument.startsWith(TOOLS)
                                    || argument.equals(SUCCESSOR)
                                    || argument.equals(StubProcess.NAME)
                                    || argument.endsWith(COORDINATOR));
        } catch (final ProcessGoneException e) {
            return false;
        }
    }
}
