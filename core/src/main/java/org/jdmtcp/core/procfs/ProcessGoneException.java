package org.jdmtcp.core.procfs;

/**
 * The process or thread that was to be read has ended: ENOENT or ESRCH from its part of {@code /proc}. Of a zombie some files
 * can still be read ({@code stat}, {@code status}); those that cannot give this too.
 */
public final class ProcessGoneException extends RuntimeException {
    private final int pid;
    private final int tid;

    /**
     * @param pid the process, as this process's {@code /proc} numbers it
     * @param tid the thread that is gone, or {@code pid} where the process as a whole was read
     */
    public ProcessGoneException(int pid, int tid, Throwable cause) {
        super(describe(pid, tid), cause);
        this.pid = pid;
        this.tid = tid;
    }

    public int pid() {
        return pid;
    }

    public int tid() {
        return tid;
    }

    private static String describe(int pid, int tid) {
        return tid == pid ? "process " + pid + " has ended" : "thread " + tid + " of process " + pid + " has ended";
    }
}
