package org.jdmtcp.core.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * The fork by which a stopped process gets a copy of its memory: the kernel copies page tables only, and the program runs on while
 * the copy is read.
 *
 * <p>A plain fork would leave the program a child to wait for. So it goes by a helper, all of it in one batch of the program's:
 *
 * <ol>
 *   <li>the program makes a helper that shares its memory and sends no signal when it ends (exit signal 0), and waits for its end
 *       ({@code __WALL}), so that nothing of it is left;
 *   <li>the helper leaves the program's process group, whose stops and signals are not meant for it, and closes its descriptors,
 *       lest the copy keep a pipe or a lock of the program's alive;
 *   <li>it forks the copy, also without exit signal, and ends;
 *   <li>the copy, an orphan, is nobody's child but the subreaper's. It sleeps until a {@link Snapshot} takes charge of it, and ends
 *       by itself should nobody do so.
 * </ol>
 *
 * Both are born as the program, at the call that made them, and never leave our code.
 */
final class SnapshotFork {
    private static final long CLONE_VM = 0x100;
    private static final long CLONE_FS = 0x200;
    private static final long CLONE_FILES = 0x400;
    private static final long ALL_DESCRIPTORS = 0xffff_ffffL;
    private static final int P_PID = 1;
    private static final int WEXITED = 4;
    private static final int WALL = 0x40000000;
    private static final int MADV_DONTFORK = 10;
    private static final int MADV_DOFORK = 11;
    /** Seconds that a copy waits for somebody to take charge of it. */
    private static final int PATIENCE = 60;
    /** Bytes of a struct timespec. */
    private static final int TIMESPEC = 16;

    private static final int MOST_SHARED = 5000;

    private final Batch batch;
    private final int helper;
    private final int copy;

    private SnapshotFork(final FrozenProcess process, final List<Range> shared) {
        batch = process.scratch().batch().failSafe(process.mainThread().extendedState());
        shared.forEach(range -> batch.add(SystemCall.MADVISE, range.address(), range.size(), MADV_DONTFORK));
        helper = batch.size();
        // None of these is a must-call, for the mappings must be put right whatever happens; waitid takes no error for
        // a pid.
        batch.feed(helper + 1, 1, SystemCall.CLONE, CLONE_VM | CLONE_FS, 0, 0, 0, 0);
        batch.add(SystemCall.WAITID, P_PID, 0, 0, WEXITED | WALL, 0);
        shared.forEach(range -> batch.add(SystemCall.MADVISE, range.address(), range.size(), MADV_DOFORK));
        batch.inChild(helper);
        batch.add(SystemCall.SETPGID, 0, 0);
        batch.add(SystemCall.CLOSE_RANGE, 0, ALL_DESCRIPTORS, 0);
        copy = batch.add(SystemCall.CLONE, CLONE_FS | CLONE_FILES, 0, 0, 0, 0);
        batch.add(SystemCall.EXIT, 0);
        batch.inChild(copy);
        final ByteBuffer time = ByteBuffer.allocate(TIMESPEC).order(ByteOrder.LITTLE_ENDIAN);
        batch.add(SystemCall.PPOLL, 0, 0, batch.put(time.putLong(0, PATIENCE).array()), 0, 0);
        batch.add(SystemCall.EXIT, 0);
    }

    /**
     * Begins to fork. Many processes can be at it at the same time.
     *
     * @param shared mappings that the copy does not get, since nobody reads them there: the kernel counts who has a System V segment
     *     attached, and the program may look at the count
     * @return empty where the process has too many such mappings, or seccomp filters
     */
    static Optional<SnapshotFork> start(final FrozenProcess process, final List<Range> shared) {
        // Helper and copy are nobody's tracees, so that a program's seccomp filters, which are suspended for itself,
        // would
        // be in force for them.
        if (shared.size() > MOST_SHARED || process.mainThread().isSeccompSuspended()) {
            return Optional.empty();
        }
        final SnapshotFork fork = new SnapshotFork(process, shared);
        fork.batch.start();
        return Optional.of(fork);
    }

    /**
     * Waits for the end.
     *
     * @return the copy's pid as the program sees it; empty where there is no room for another process (EAGAIN, ENOMEM)
     */
    OptionalInt finish() {
        batch.finish();
        final long pid = Errno.isError(batch.result(helper)) ? batch.result(helper) : batch.result(copy);
        if (pid == -Errno.EAGAIN || pid == -Errno.ENOMEM) {
            return OptionalInt.empty();
        }
        return OptionalInt.of((int) Linux.check(pid, "fork of the memory snapshot"));
    }
}
