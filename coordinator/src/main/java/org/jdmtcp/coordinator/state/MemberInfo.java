package org.jdmtcp.coordinator.state;

/**
 * An agent as it introduced itself.
 *
 * @param agentId unique, and the same after a reconnection
 * @param host the host's name
 * @param pid the agent's pid there
 * @param program the program that it launched
 * @param bootId the host's boot
 */
public record MemberInfo(String agentId, String host, int pid, String program, String bootId) {

    /** For messages to people. */
    public String describe() {
        return program + " (agent " + agentId + ")";
    }
}
