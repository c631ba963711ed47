package org.jdmtcp.spi;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.RestoredDescriptor;

/**
 * A kind of open file (the kernel's "open file description", which several descriptors of several processes may share).
 * The engine asks about each open file once, and keeps the sharing.
 *
 * @param <M> what the kind writes to the image about one open file
 */
public interface DescriptorKind<M extends MessageLite> {
    /** The name in images and messages: {@code pipe}. Unique within the plugin; changing it breaks old images. */
    String name();

    /** Reads the message back. */
    Parser<M> parser();

    /**
     * Looks at an open file of a stopped process. Pure: nothing of the program may change, and nothing is written.
     *
     * @return what it takes to restore it, or empty where it is of another kind
     * @throws Refusal where it is of this kind but cannot be restored
     */
    Optional<M> inspect(DescriptorView descriptor);

    /**
     * A restart begins to make open files: the place to make those that only come into being together, such as the two ends of
     * a connection. Called once, before the first {@link #restore}, unless there is none.
     *
     * @param all what {@link #restore} will be called with, in that order
     */
    default void prepare(final List<M> all, final RestoreContext context) {}

    /**
     * Makes the open file again, in the agent. The engine gives it to every process that had it.
     *
     * @return a descriptor with the right access mode, status flags and offset; it belongs to the engine from now on
     * @throws Refusal where it cannot be made
     */
    Fd restore(M state, RestoreContext context);

    /**
     * All open files of all plugins exist, none is in a process yet: the place to put descriptors into queues. Called once if
     * {@link #prepare} was.
     */
    default void complete(final RestoreContext context) {}

    /**
     * Does what only the process itself can do with the descriptor, such as registering others with an epoll instance.
     * Called once for each open file, in one process that has it, when all descriptors of all processes are in place; kind by
     * kind in the order of {@link Plugin#descriptors}.
     */
    default void attach(final M state, final RestoredDescriptor descriptor) {}
}
