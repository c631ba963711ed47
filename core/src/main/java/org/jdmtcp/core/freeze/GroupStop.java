package org.jdmtcp.core.freeze;

import java.time.Duration;
import java.util.List;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.TaskState;
import org.jdmtcp.core.tracee.Tracee;

/**
 * Processes that are stopped by a signal. When such a process is let go, its threads wake up just to stop again: its parent
 * must not run before that, or it would see a running child that it knows to be stopped.
 */
public final class GroupStop {
    /** Who has not stopped by then was continued by somebody meanwhile. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private GroupStop() {}

    /** Waits until the threads stand again, after they were let go. */
    public static void await(final int pid, final List<Tracee> threads) {
        try {
            for (final Tracee thread : threads) {
                if (!TaskState.await(pid, thread.tid(), 'T', PATIENCE)) {
                    return;
                }
            }
        } catch (final ProcessGoneException e) {
            // Killed meanwhile: it stands still enough.
            return;
        }
    }
}
