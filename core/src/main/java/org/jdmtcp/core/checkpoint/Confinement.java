package org.jdmtcp.core.checkpoint;

import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * Programs under seccomp filters: a filter may forbid the system calls that a checkpoint has them make, and end them for it.
 * So this comes before the first of those calls: the filters are suspended for as long as the threads are traced, which
 * takes root; else the checkpoint is refused.
 *
 * <p>As many filters as the agent itself has are those of the surroundings, such as a container: they cannot be taken off, so that
 * the program has inherited them, as it will after a restart. What they allow to the agent they allow to the program.
 */
final class Confinement {
    private Confinement() {}

    /** @throws Refusal where a thread has filters that cannot be suspended */
    static void lift(final FrozenTree tree) {
        final Status agent = Status.read(ProcessCalls.self());
        for (final FrozenProcess process : tree.processes()) {
            for (final Tracee thread : process.threads()) {
                final Status status = process.status(thread);
                if (status.seccomp() != 0 && !isInherited(status, agent)) {
                    suspend(process, thread, agent);
                }
            }
        }
    }

    private static boolean isInherited(final Status status, final Status agent) {
        return status.seccomp() == agent.seccomp()
                && status.seccompFilters() > 0
                && status.seccompFilters() == agent.seccompFilters();
    }

    private static void suspend(final FrozenProcess process, final Tracee thread, final Status agent) {
        if (agent.seccomp() != 0) {
            throw new Refusal(process.describe() + " has seccomp filters of its own, which cannot be suspended by"
                    + " dmtcp_launch, because that is under such filters, too; run both outside of the container or sandbox,"
                    + " or start the program without its filters");
        }
        try {
            thread.suspendSeccomp();
        } catch (final LinuxException e) {
            throw new Refusal(
                    process.describe() + " is confined by seccomp filters, which may forbid the system calls that a"
                            + " checkpoint has it make, and end it for them. To suspend and to restore them takes root"
                            + " (CAP_SYS_ADMIN): " + e.getMessage()
                            + "; checkpoint as root, or start the program without its sandbox",
                    e);
        }
    }
}
