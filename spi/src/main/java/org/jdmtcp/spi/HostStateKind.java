package org.jdmtcp.spi;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.view.HostContext;
import org.jdmtcp.spi.view.HostView;

/**
 * A kind of resource that belongs to no process and to no descriptor but to the IPC namespace: semaphore sets, message
 * queues, segments that nobody has attached. One message tells of all of them.
 *
 * @param <M> what the kind writes to the image
 */
public interface HostStateKind<M extends MessageLite> {
    /** The name in images and messages: {@code semaphores}. Unique within the plugin; changing it breaks old images. */
    String name();

    /** Reads the message back. */
    Parser<M> parser();

    /**
     * Looks at what belongs to the computation, after all mappings and open files were claimed. Nothing is written, and
     * what changes for a moment is as it was when this returns.
     *
     * @return what it takes to restore it; empty where there is nothing
     * @throws Refusal where something cannot be restored
     */
    Optional<M> inspect(HostView host);

    /**
     * Whether ids or names are taken in the agent's own IPC namespace, by something that is not the same resource: then the
     * restart makes namespaces, an IPC namespace among them.
     */
    boolean isTaken(M state);

    /** Makes the resources, before any process of the restart is there. @throws Refusal where one cannot be made */
    void restore(M state, HostContext context);

    /**
     * The restart is given up: removes what {@link #restore} made. Called where it was made in the agent's own IPC namespace;
     * another one goes with its last process.
     */
    default void undo() {}

    /** Does what only the processes themselves can do, when they have their descriptors and no threads yet. */
    default void attach(final M state, final HostContext context) {}
}
