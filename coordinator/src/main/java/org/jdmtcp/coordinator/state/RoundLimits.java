package org.jdmtcp.coordinator.state;

import java.time.Duration;

/**
 * For how long an agent may be silent before it counts as failed.
 *
 * @param frozen while the programs stand still
 * @param writing while it writes or commits
 */
public record RoundLimits(Duration frozen, Duration writing) {
    public static final RoundLimits DEFAULT = new RoundLimits(Duration.ofSeconds(60), Duration.ofSeconds(30));
}
