package org.jdmtcp.coordinator.state;

/** What became of an agent that wanted to join. */
public sealed interface JoinResult {
    /** It is a member. */
    record Joined(String computationId, long generation, long intervalSeconds) implements JoinResult {}

    /** It belongs to another computation. */
    record Rejected(String reason) implements JoinResult {}
}
