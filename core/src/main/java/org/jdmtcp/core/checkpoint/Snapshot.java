package org.jdmtcp.core.checkpoint;

import java.util.List;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Scratch;
import org.jdmtcp.core.tracee.Stop;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.tracee.TraceeGoneException;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * A frozen copy of a process's memory, made by fork: the kernel copies page tables only, and the program runs on while the
 * copy is read.
 *
 * <p>A plain fork would leave the program a child to wait for. So it goes by a helper:
 *
 * <ol>
 *   <li>the program makes a helper that shares its memory and sends no signal when it ends (exit signal 0);
 *   <li>the helper forks the copy, also without exit signal, and ends;
 *   <li>the program waits for the helper ({@code __WALL}), so that nothing of it is left;
 *   <li>the copy, an orphan, is nobody's child but the subreaper's. It closes all its descriptors at once, lest a reader of a
 *       pipe miss its end, and never runs again.
 * </ol>
 *
 * If the agent dies the kernel kills the copy (PTRACE_O_EXITKILL). Helper and copy are born as the program, at the call that made
 * them; if the agent dies before it has sent them elsewhere they end there by themselves.
 */
final class Snapshot implements AutoCloseable {
    private static final long CLONE_VM = 0x100;
    private static final long CLONE_FS = 0x200;
    private static final long CLONE_FILES = 0x400;
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final long ALL_DESCRIPTORS = 0xffff_ffffL;
    private static final int WALL = 0x40000000;
    private static final int HELPER_SLOT = 0;
    private static final int PER_BATCH = 200;
    private static final int SIGKILL = 9;
    private static final int FOLLOW = Ptrace.PTRACE_O_TRACESYSGOOD
            | Ptrace.PTRACE_O_TRACEFORK
            | Ptrace.PTRACE_O_TRACEVFORK
            | Ptrace.PTRACE_O_TRACECLONE;

    private final Ptrace ptrace;
    private final int pid;
    private boolean alive = true;

    private Snapshot(final Ptrace ptrace, final int pid) {
        this.ptrace = ptrace;
        this.pid = pid;
    }

    /**
     * Forks a copy of a stopped process.
     *
     * @param shared mappings that the copy gives up at once, since nobody reads them there: the kernel counts who has a System V
     *     segment attached, and the program may look at the count
     * @throws org.jdmtcp.spi.linux.LinuxException EAGAIN, ENOMEM where there is no room for another process
     */
    static Snapshot of(final Ptrace ptrace, final FrozenProcess process, final List<Range> shared) {
        final Tracee program = process.mainThread();
        final Scratch scratch = process.scratch();
        final Batch batch = scratch.batch().failSafe(program.extendedState());
        batch.mustFeed(1, 0, SystemCall.CLONE, CLONE_VM | CLONE_FS | CLONE_FILES, 0, 0, 0, 0);
        batch.orphanEnds();
        batch.must(SystemCall.WAIT4, 0, 0, WALL, 0);
        program.options(FOLLOW);
        batch.start();
        if (batch.proceed().isEmpty()) {
            throw new IllegalStateException("the snapshot's helper was not reported");
        }
        try {
            return fork(ptrace, scratch, newborn(ptrace, program), shared);
        } finally {
            batch.resume();
            batch.proceed();
            program.options(Ptrace.PTRACE_O_TRACESYSGOOD);
        }
    }

    private static Snapshot fork(
            final Ptrace ptrace, final Scratch program, final Tracee helper, final List<Range> shared) {
        final Scratch scratch = program.through(helper);
        final Batch batch = scratch.batch(helper, HELPER_SLOT);
        batch.add(SystemCall.CLONE, CLONE_FS | CLONE_FILES, 0, 0, 0, 0);
        batch.orphanEnds();
        batch.add(SystemCall.EXIT, 0);
        batch.start();
        if (batch.proceedToExit().isEmpty()) {
            throw new LinuxException("fork of the memory snapshot", Errno.EAGAIN);
        }
        final Tracee copy = newborn(ptrace, helper);
        copy.options(Ptrace.PTRACE_O_EXITKILL);
        final Snapshot snapshot = new Snapshot(ptrace, copy.tid());
        final Batch closing = scratch.through(copy).batch(copy, HELPER_SLOT);
        closing.must(SystemCall.CLOSE_RANGE, 0, ALL_DESCRIPTORS, CLOSE_RANGE_UNSHARE);
        closing.run();
        for (int from = 0; from < shared.size(); from += PER_BATCH) {
            final Batch unmapping = scratch.through(copy).batch(copy, HELPER_SLOT);
            shared.subList(from, Math.min(shared.size(), from + PER_BATCH))
                    .forEach(range -> unmapping.must(SystemCall.MUNMAP, range.address(), range.size()));
            unmapping.run();
        }
        batch.resume();
        batch.proceedToExit();
        return snapshot;
    }

    // A child of a traced thread is traced from birth and stops before its first instruction.
    private static Tracee newborn(final Ptrace ptrace, final Tracee parent) {
        final int tid = parent.eventThread();
        final Stop stop = ptrace.await(tid);
        if (!(stop instanceof Stop.Event)) {
            throw new IllegalStateException("the new thread " + tid + " reports " + stop);
        }
        final Status status = Status.read(tid);
        final Tracee child = new Tracee(
                ptrace, tid, tid, status.nsTgid().getLast(), status.nsPid().getLast());
        if (parent.isSeccompSuspended()) {
            child.suspendSeccomp();
        }
        return child;
    }

    /** Whose memory to read. */
    int pid() {
        return pid;
    }

    /** Ends the copy. On the ptrace thread. */
    @Override
    public void close() {
        if (!alive) {
            return;
        }
        alive = false;
        ProcessCalls.kill(pid, SIGKILL);
        try {
            while (!(ptrace.await(pid) instanceof Stop.Killed)) {
                // The stop that it was in may be reported once more.
            }
        } catch (final TraceeGoneException e) {
            return;
        }
    }
}
