package org.jdmtcp.core.freeze;

import java.util.List;
import java.util.Optional;

/**
 * A computation's processes on this host, all of them stopped. Closing it lets them run on. Used on the ptrace thread only.
 *
 * @param processes parents before children
 * @param zombies those that have ended and are not waited for yet
 */
public record FrozenTree(List<FrozenProcess> processes, List<ZombieProcess> zombies) implements AutoCloseable {
    public FrozenTree {
        processes = List.copyOf(processes);
        zombies = List.copyOf(zombies);
    }

    /** The process with that id, as the agent sees it. */
    public Optional<FrozenProcess> process(final int pid) {
        return processes.stream().filter(p -> p.pid() == pid).findFirst();
    }

    /** Has all processes map scratch memory, all at the same time. Their mappings must be known by then. */
    public void mapScratch() {
        processes.forEach(FrozenProcess::scratch);
    }

    /** Has all processes unmap it. Nothing must be done in them any more. */
    void removeScratch() {
        processes.forEach(FrozenProcess::startRemovingScratch);
        processes.forEach(FrozenProcess::removeScratch);
    }

    /** Lets everything run on, children first, so that no parent sees a child that is still stopped. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (final FrozenProcess process : processes.reversed()) {
            try {
                process.release();
            } catch (final RuntimeException e) {
                // All others must run on whatever became of this one.
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
