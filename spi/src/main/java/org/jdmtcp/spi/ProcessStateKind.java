package org.jdmtcp.spi;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.Set;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * A kind of state that the kernel holds for a process and that is no open file of it: timers, record locks, semaphore
 * undos. The engine asks about each process once, in the batch of system calls that it has the process make anyway.
 *
 * @param <M> what the kind writes to the image about one process
 */
public interface ProcessStateKind<M extends MessageLite> {
    /** The name in images and messages: {@code interval-timers}. Unique within the plugin; changing it breaks old images. */
    String name();

    /** Reads the message back. */
    Parser<M> parser();

    /** What need not be refused any more because this kind restores it. */
    default Set<ProcessResource> restores() {
        return Set.of();
    }

    /**
     * Begins to look at a stopped process. Adds its questions to a batch that the engine runs later, together with everybody
     * else's: it must not run it, and must ask with calls that change nothing. What is in {@code /proc} may be read here.
     *
     * @param batch only to be added to
     * @return what will make sense of the results
     * @throws Refusal where the process has state of this kind that cannot be restored
     */
    Inquiry<M> inquire(ProcessView process, RemoteBatch batch);

    /**
     * Gives a process its state again. All descriptors are in place and all threads of all processes exist; signals that
     * were waiting are queued afterwards. Everything is stopped, with all signals blocked, and is let go soon after: this is
     * the last that is done within the process.
     *
     * @throws Refusal where it cannot be restored here
     * @throws org.jdmtcp.spi.linux.LinuxException with the errno of a call: becomes a refusal that names the process
     */
    void restore(M state, ProcessView process, RestoreContext context);
}
