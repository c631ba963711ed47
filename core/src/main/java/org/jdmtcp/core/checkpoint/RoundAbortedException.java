package org.jdmtcp.core.checkpoint;

/** The computation gave this checkpoint up; the message says who could not take part and why. Not an error of this agent. */
public final class RoundAbortedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param reason in words, for the user */
    public RoundAbortedException(final String reason) {
        super(reason);
    }
}
