package org.jdmtcp.spi;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.view.MappingView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * A kind of memory that mappings show and that the engine does not restore by itself: shared memory without a name, a
 * System V segment. The engine asks about each such object once, however many mappings of however many processes show it,
 * and keeps the sharing.
 *
 * @param <M> what the kind writes to the image about one object
 */
public interface MappingKind<M extends MessageLite> {
    /** The name in images and messages: {@code anonymous}. Unique within the plugin; changing it breaks old images. */
    String name();

    /** Reads the message back. */
    Parser<M> parser();

    /**
     * Looks at an object that stopped processes have mapped. Pure: nothing of the program may change, and nothing is
     * written.
     *
     * @return what it takes to restore it, or empty where it is of another kind
     * @throws Refusal where it is of this kind but cannot be restored
     */
    Optional<M> inspect(MappingView mapping);

    /**
     * Makes the object again with its contents, in the agent, before any open file is. The engine has every process that
     * mapped it map the descriptor.
     *
     * @return a descriptor with the access that the mappings need, the engine's from now on; empty for a kind that maps by
     *     calls of its own
     * @throws Refusal where it cannot be made
     */
    Optional<Fd> restore(M state, RestoreContext context);

    /**
     * Adds the calls that map the object in a process, where {@link #restore} gave no descriptor. What lies at the addresses
     * is free to be replaced: all else is mapped afterwards. Calls must succeed ({@link RemoteBatch#must}).
     *
     * @param places all mappings of the object in the process, ascending
     */
    default void map(final M state, final List<MappingView.Place> places, final RemoteBatch batch) {
        throw new UnsupportedOperationException(name() + " gave neither a descriptor nor calls that map it");
    }
}
