package org.jdmtcp.core.restart;

import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.Fd;

/**
 * Processes that run again.
 *
 * @param roots their first processes, as the agent sees them; the first is the one whose exit status counts. They are
 *     children of the agent, or grandchildren where there is an init
 * @param init the init process of the pid namespace that was needed, a child of the agent; empty without one
 * @param exits where there is an init: a pipe on which it reports the end of its children as pairs of 32-bit integers (pid
 *     in the namespace, wait status), and that ends when the namespace does. It belongs to the receiver
 * @param computation id of the computation that the images belong to
 * @param generation number of the checkpoint
 */
public record Rebuilt(
        List<Root> roots, Optional<Integer> init, Optional<Fd> exits, String computation, int generation) {
    public Rebuilt {
        roots = List.copyOf(roots);
    }

    /**
     * A process without a parent in the computation.
     *
     * @param pid as the agent sees it
     * @param ownPid as the program sees it
     * @param program its command name
     */
    public record Root(int pid, int ownPid, String program) {}
}
