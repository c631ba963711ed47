package org.jdmtcp.core.freeze;

import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Status;

/**
 * A process that has ended and whose parent has not asked for its status yet.
 *
 * @param pid process id as the agent sees it
 * @param parentPid process id of the parent, as the agent sees it
 * @param status what is left of it
 * @param stat what is left of it, the wait status as its exit code
 */
public record ZombieProcess(int pid, int parentPid, Status status, Stat stat) {
    /** Process id as the program itself sees it. */
    public int ownPid() {
        return status.nsTgid().getLast();
    }
}
