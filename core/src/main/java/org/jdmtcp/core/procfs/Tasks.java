package org.jdmtcp.core.procfs;

/** {@code /proc/PID/task}: the threads of a process. */
public final class Tasks {
    private Tasks() {}

    /**
     * Thread ids, ascending; the leader's is the pid, and it is listed as long as the process exists, even when the leader has
     * ended before its threads. Threads that start meanwhile may be missing: stop those found, and read again until none is new.
     */
    public static int[] read(int pid) {
        return ProcFile.listNumbers(ProcDir.of(pid), "task");
    }
}
