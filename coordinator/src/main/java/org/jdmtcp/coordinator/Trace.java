package org.jdmtcp.coordinator;

import java.util.List;

/**
 * An agent's last checkpoint or restart as a timeline.
 *
 * @param kind {@code checkpoint} or {@code restart}
 * @param generation number of the checkpoint
 * @param begunMillis when it began, milliseconds since 1970
 * @param nanos how long it took, or has taken so far
 * @param failure why it was given up; empty where it was not
 * @param steps in the order of their beginnings: phases, each followed by what happened in it
 */
public record Trace(String kind, long generation, long begunMillis, long nanos, String failure, List<Step> steps) {
    public Trace {
        steps = List.copyOf(steps);
    }

    /**
     * A piece of the time.
     *
     * @param isPhase whether it is a phase, rather than a step in one
     * @param plugin whose work it was; empty for the engine's
     * @param pid the process that it was about, as its host sees it; 0 for all
     * @param startNanos since the beginning
     * @param nanos how long
     */
    public record Step(String name, boolean isPhase, String plugin, int pid, long startNanos, long nanos) {}
}
