package org.jdmtcp.core.process;

import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Whether the parent of a stopped process has been told so: {@code waitid(2)} tells of each stop once. A process is stopped
 * anew at a restart; where the parent knew already, it must not hear of it again.
 */
public final class StopReport {
    private static final int P_PID = 1;
    private static final int WNOHANG = 1;
    private static final int WSTOPPED = 2;
    private static final int WNOWAIT = 0x0100_0000;
    private static final int SIGINFO_SIZE = 128;
    private static final int SI_PID = 16;

    private StopReport() {}

    /** Asks the kernel, in the parent; the parent can still wait for the stop afterwards if it could before. */
    public static boolean isTaken(final FrozenProcess parent, final FrozenProcess stopped) {
        final Batch batch =
                parent.scratch().batch().failSafe(parent.mainThread().extendedState());
        final long info = batch.room(SIGINFO_SIZE);
        batch.must(SystemCall.WAITID, P_PID, stopped.ownPid(), info, WSTOPPED | WNOHANG | WNOWAIT, 0);
        batch.run();
        return batch.buffer(info, SIGINFO_SIZE).getInt(SI_PID) == 0;
    }

    /** Adds the call by which a parent takes note of a child's stop. */
    public static void take(final Batch batch, final int child) {
        batch.must(SystemCall.WAITID, P_PID, child, 0, WSTOPPED | WNOHANG, 0);
    }
}
