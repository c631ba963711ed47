package org.jdmtcp.spi;

/** Who has to arrive before anybody passes a barrier. */
public enum Scope {
    /** The agent's own processes: passed at once when the action returns. */
    HOST,
    /** All agents of the computation, through the coordinator. */
    COMPUTATION
}
