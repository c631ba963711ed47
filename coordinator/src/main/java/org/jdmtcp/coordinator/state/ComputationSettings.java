package org.jdmtcp.coordinator.state;

import java.time.Duration;

/**
 * How a computation is run.
 *
 * @param intervalSeconds of automatic checkpoints, 0 for never
 * @param killAfterCheckpoint whether every checkpoint kills, as if asked for with {@code -kc}
 * @param limits for silent agents
 * @param killBound how long a kill waits for the agents to leave
 * @param listBound how long a status waits for the agents' answers
 */
public record ComputationSettings(
        long intervalSeconds, boolean killAfterCheckpoint, RoundLimits limits, Duration killBound, Duration listBound) {
    public static final ComputationSettings DEFAULT =
            new ComputationSettings(0, false, RoundLimits.DEFAULT, Duration.ofSeconds(10), Duration.ofSeconds(1));
}
