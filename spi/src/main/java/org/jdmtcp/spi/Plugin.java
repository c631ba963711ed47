package org.jdmtcp.spi;

import java.util.List;

/**
 * One kernel resource's way through a checkpoint and a restart.
 *
 * <p>An implementation is a public class with a no-argument constructor, listed in
 * {@code META-INF/services/org.jdmtcp.spi.Plugin}. All methods are called on the engine's thread, one at a time, and must
 * not wait for anything but the kernel. Every method but {@link #id} has a default that does nothing, so that a new
 * capability of this interface breaks no plugin.
 */
public interface Plugin {
    /** A stable name of small letters, digits and dashes: it names the plugin's section in images, its log, its options. */
    String id();

    /** Where this plugin stands among the others; plugins without a wish are ordered by id. */
    default Order order() {
        return Order.ANY;
    }

    /**
     * The kinds of open files that this plugin restores, asked in this order. Called once for each checkpoint and once for
     * each restart: the objects returned may keep state for that one operation (such as the pipe whose second end is
     * still to come).
     */
    default List<DescriptorKind<?>> descriptors() {
        return List.of();
    }

    /**
     * The kinds of state that this plugin restores and that the kernel holds for a process apart from its open files. Called
     * once for each checkpoint and once for each restart, as {@link #descriptors}.
     */
    default List<ProcessStateKind<?>> processStates() {
        return List.of();
    }

    /** The barriers that this plugin adds to the sequence. Called once for each checkpoint and restart. */
    default List<Barrier> barriers() {
        return List.of();
    }

    /**
     * Something happened to the computation. An exception fails a checkpoint before {@link Event.PreCheckpoint} returns
     * (the program goes on unharmed), and is logged after it.
     */
    default void on(final Event event) {}
}
