package org.jdmtcp.core.restart;

import java.util.concurrent.locks.LockSupport;
import org.jdmtcp.core.procfs.Stat;

/** A first thread that ends before the others is not reported by {@code wait4(2)} until they have ended too. */
final class LeaderExit {
    private static final long PAUSE_NANOS = 50_000;

    private LeaderExit() {}

    /** Waits until the first thread has become a zombie; its exit has been started and cannot block. */
    static void await(final int pid) {
        while (Stat.read(pid, pid).state() != 'Z') {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
