package org.jdmtcp.coordinator.agent;

/**
 * The round is over without a checkpoint: another agent refused, failed or died, a barrier was not reached in time, or the
 * coordinator is gone. Nothing of this round may be kept; the programs go on. The message is the reason, for people.
 */
public final class RoundAbortedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final long round;

    public RoundAbortedException(long round, String reason) {
        super(reason);
        this.round = round;
    }

    public long round() {
        return round;
    }
}
