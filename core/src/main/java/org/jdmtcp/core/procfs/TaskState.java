package org.jdmtcp.core.procfs;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for a thread to come into a state that no system call waits for. */
public final class TaskState {
    private static final long PAUSE_NANOS = 50_000;

    private TaskState() {}

    /**
     * Looks again and again, for a thread that is on its way.
     *
     * @param state the letter, as in {@link Stat#state}
     * @return whether it has come there in time
     * @throws ProcessGoneException where it has ended
     */
    public static boolean await(int pid, int tid, char state, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (Stat.read(pid, tid).state() != state) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }
}
