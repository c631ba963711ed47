package org.jdmtcp.spi;

import com.google.protobuf.MessageLite;
import java.util.Optional;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * Questions that were added to a process's batch, waiting for the results.
 *
 * @param <M> the message of the kind that asks
 */
@FunctionalInterface
public interface Inquiry<M extends MessageLite> {
    /**
     * Reads the results. Pure: nothing of the program may change. The process's threads and waiting signals have been
     * captured by now, so that {@link org.jdmtcp.spi.view.ProcessView#pendingSignals} tells what the image will hold.
     *
     * @param done the batch, run
     * @return what it takes to restore the state, or empty where there is none
     * @throws Refusal where there is state that cannot be restored
     */
    Optional<M> answer(RemoteBatch done);
}
