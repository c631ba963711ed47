package org.jdmtcp.coordinator.state;

/** What became of an agent's answer. Late and repeated answers are ordinary: messages cross on their way. */
public enum Acceptance {
    ACCEPTED,
    /** Said before. */
    DUPLICATE,
    /** The round is over. */
    LATE,
    /** The agent takes no part in the round. */
    NO_MEMBER,
    /** Said before it could be true: the round has failed by it. */
    OUT_OF_ORDER
}
