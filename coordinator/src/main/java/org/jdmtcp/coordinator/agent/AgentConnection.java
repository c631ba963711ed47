package org.jdmtcp.coordinator.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.auth.Secret;

/**
 * An agent's membership in a computation.
 *
 * <p>If the coordinator goes away, the connection stays open: a round that was not committed is aborted, the listener is told, and
 * the connection is made again in the background, with the same agent id and computation id, until {@link #close}.
 *
 * <p>All methods may be called from any thread. Reports never block and never fail: a report for a round that is over, or made
 * while the coordinator is gone, is dropped, since the round has been aborted by then.
 */
public interface AgentConnection extends AutoCloseable {

    /**
     * Joins the computation of a coordinator.
     *
     * @throws CoordinatorException UNREACHABLE, AUTHENTICATION, or REJECTED where the coordinator has another computation
     */
    static AgentConnection connect(CoordinatorAddress address, Secret secret, AgentHello hello, AgentListener listener)
            throws CoordinatorException {
        return GrpcAgentConnection.open(address, secret, hello, listener);
    }

    /** Names the computation; the same for all of its agents and after every restart. */
    String computationId();

    /** Names this agent; unique, and the same after a reconnection. */
    String agentId();

    /** The generation of the computation's last committed checkpoint, as far as this agent knows; 0 for none. */
    long generation();

    /** Where agents that have no directory of their own put their images. */
    Optional<Path> defaultCheckpointDirectory();

    /** Whether the coordinator is there at this moment. */
    boolean connected();

    /**
     * A barrier over all agents of the round: returns when each of them that is still a member waits at the barrier of that name.
     * To be used before this agent's report that ends the phase ({@link #reportCaptured}, {@link #reportWritten}).
     *
     * @param timeout after which this agent reports its failure, which aborts the round
     * @throws RoundAbortedException the round is over, for whatever reason; {@link AgentListener#onAbort} comes as well
     */
    void await(long round, String barrier, Duration timeout) throws RoundAbortedException, InterruptedException;

    /** All processes of this agent are frozen. */
    void reportSuspended(long round);

    /** Everything that is to be saved has been claimed and captured; the programs may go on. */
    void reportCaptured(long round);

    /** Something cannot be saved; nothing has been written. The round is aborted; the reason reaches the user. */
    void reportRefused(long round, String reason);

    /** The images are durable under temporary names. */
    void reportWritten(long round, List<WrittenImage> images);

    /**
     * A sign of life: at least every 10 s while the work of a phase goes on (silence of 30 s while writing and committing, of 60 s
     * before that, counts as failure).
     *
     * @param bytes written so far
     */
    void reportProgress(long round, long bytes);

    /** The images have their final names. */
    void reportCommitted(long round);

    /** This agent could not do its part; the round is aborted; the reason reaches the user. */
    void reportFailed(long round, String reason);

    /** Sets the interval of automatic checkpoints of the whole computation, in seconds; 0 for never. */
    void setInterval(long seconds);

    /** The values that last as long as the computation. */
    SharedValues values();

    /** The values of one round, dropped when the next round begins. */
    SharedValues values(long round);

    /** Leaves the computation: this agent's programs have ended. Idempotent; ends the reconnecting too. */
    @Override
    void close();
}
