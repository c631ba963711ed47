package org.jdmtcp.coordinator.agent;

import java.util.Optional;

/**
 * How an agent introduces itself.
 *
 * @param host the name of the host
 * @param pid the agent's own pid
 * @param program the name of the program that it launched
 * @param bootId contents of {@code /proc/sys/kernel/random/boot_id}
 * @param restarted the checkpoint that it was restarted from, if any
 */
public record AgentHello(String host, int pid, String program, String bootId, Optional<Restarted> restarted) {

    /** A checkpoint: the computation and its generation (1 for the first checkpoint). */
    public record Restarted(String computationId, long generation) {}
}
