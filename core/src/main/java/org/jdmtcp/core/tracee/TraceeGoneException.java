package org.jdmtcp.core.tracee;

/** The thread died while it was being traced: of SIGKILL, or because its process ended. Its program is no more. */
public final class TraceeGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int tid;

    /** @param tid the thread that is gone */
    public TraceeGoneException(final int tid) {
        super("thread " + tid + " ended while it was stopped for a checkpoint or restart");
        this.tid = tid;
    }

    /** The thread that is gone. */
    public int tid() {
        return tid;
    }
}
