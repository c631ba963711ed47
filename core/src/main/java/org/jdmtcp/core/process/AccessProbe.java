package org.jdmtcp.core.process;

import java.util.Optional;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Landlock, of which the kernel tells nobody: a process in a domain may not look at one outside of it. So a process that may
 * look at the agent as far as users and capabilities go is asked to; if it may not, a security module restricts it, and would
 * not after a restart. A process of other ids or fewer capabilities than the agent, or in a pid namespace of its own, cannot be asked.
 */
final class AccessProbe {
    private static final int ROOM = 64;
    /** Of the agent, whose ids and capabilities stay as they are. */
    private static final Status AGENT = Status.read(ProcessCalls.self());

    private final FrozenProcess process;
    private final int call;

    private AccessProbe(final FrozenProcess process, final int call) {
        this.process = process;
        this.call = call;
    }

    /** Adds the question. Landlock takes no_new_privs or CAP_SYS_ADMIN: without these there is none. */
    static Optional<AccessProbe> ask(final FrozenProcess process, final Batch batch) {
        final Status status = process.status();
        final boolean mayLook = status.uid().equals(AGENT.uid())
                && status.gid().equals(AGENT.gid())
                && (AGENT.capPermitted() & ~status.capEffective()) == 0
                && status.nsPid().size() == 1;
        final boolean possible = mayLook && (status.noNewPrivs() || status.capEffective() != 0);
        if (!possible) {
            return Optional.empty();
        }
        final long path = batch.putString("/proc/" + ProcessCalls.self() + "/ns/pid");
        return Optional.of(new AccessProbe(process, batch.add(SystemCall.READLINK, path, batch.room(ROOM), ROOM)));
    }

    /** @throws Refusal where the process may not look */
    void answer(final Batch done) {
        final long result = done.result(call);
        if (result == -Errno.EACCES || result == -Errno.EPERM) {
            throw new Refusal(process.describe() + " is restricted by Landlock or another security module, which cannot"
                    + " be restored; start the program without that, or start dmtcp_launch under it, too");
        }
    }
}
