package org.jdmtcp.core.checkpoint;

import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Stop;
import org.jdmtcp.core.tracee.TraceeGoneException;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * A frozen copy of a process's memory, made by a {@link SnapshotFork}. The copy is traced and never runs; if the agent dies the
 * kernel kills it (PTRACE_O_EXITKILL). Used on the ptrace thread.
 */
final class Snapshot implements AutoCloseable {
    private static final int SIGKILL = 9;

    private final Ptrace ptrace;
    private final int pid;
    private boolean alive = true;

    private Snapshot(final Ptrace ptrace, final int pid) {
        this.ptrace = ptrace;
        this.pid = pid;
    }

    /** Takes charge of a copy. It sleeps, or comes to a stop soon; nobody has to wait for that. */
    static Snapshot hold(final Ptrace ptrace, final int pid) {
        Linux.check(ptrace.seize(pid, Ptrace.PTRACE_O_EXITKILL), "ptrace(PTRACE_SEIZE) of the memory snapshot");
        Linux.check(ptrace.interrupt(pid), "ptrace(PTRACE_INTERRUPT) of the memory snapshot");
        return new Snapshot(ptrace, pid);
    }

    /** Whose memory to read. */
    int pid() {
        return pid;
    }

    /** Ends the copy. */
    @Override
    public void close() {
        if (!alive) {
            return;
        }
        alive = false;
        ProcessCalls.kill(pid, SIGKILL);
        try {
            while (!(ptrace.await(pid) instanceof Stop.Killed)) {
                // The stop that it was in may be reported first.
            }
        } catch (final TraceeGoneException e) {
            return;
        }
    }
}
