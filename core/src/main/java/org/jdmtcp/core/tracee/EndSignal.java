package org.jdmtcp.core.tracee;

/**
 * The signal by which a thread says that its batch is done. It must be one that is ignored by default, so that a program
 * whose agent has died does not notice it, and it must not meet another of its kind:
 *
 * <ol>
 *   <li>a standard signal is queued once: where one is waiting for the thread already, the two become one, and with ours the
 *       program's would be gone;
 *   <li>one that waits for the process would be delivered as soon as it is let through, before the batch has begun;
 *   <li>one with a handler is the next best: only if the agent died would the handler run once for nothing.
 * </ol>
 */
final class EndSignal {
    private static final int SIGCHLD = 17;
    private static final int SIGCONT = 18;
    private static final int SIGURG = 23;
    private static final int SIGWINCH = 28;
    /** SIGCONT comes last, since sending it takes away stop signals that are waiting. */
    private static final int[] IGNORED_BY_DEFAULT = {SIGURG, SIGWINCH, SIGCHLD, SIGCONT};

    private EndSignal() {}

    /**
     * Chooses.
     *
     * @param caught signals that have a handler, bit N-1 for signal N
     * @param pending signals that are waiting for the thread or its process
     */
    static int choose(final long caught, final long pending) {
        final int silent = first(caught | pending);
        return silent != 0 ? silent : Math.max(first(pending), SIGURG);
    }

    private static int first(final long busy) {
        for (final int signal : IGNORED_BY_DEFAULT) {
            if ((busy & 1L << signal - 1) == 0) {
                return signal;
            }
        }
        return 0;
    }
}
