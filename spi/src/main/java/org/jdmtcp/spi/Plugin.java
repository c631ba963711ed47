package org.jdmtcp.spi;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One kernel resource's way through a checkpoint and a restart.
 *
 * <p>An implementation is a public class with a no-argument constructor, listed in
 * {@code META-INF/services/org.jdmtcp.spi.Plugin}. All methods are called one at a time, those of built-in plugins on the
 * engine's thread and those of a user's plugin on a thread of its own that the engine waits for, no longer than
 * {@code --plugin-timeout} says. They must not wait for anything but the kernel. Every method but {@link #id} has a default that
 * does nothing, so that a new capability of this interface breaks no plugin.
 */
public interface Plugin {
    /** A stable name of small letters, digits and dashes: it names the plugin's section in images, its log, its options. */
    String id();

    /** Its version, which images remember; empty for the {@code Implementation-Version} of its jar's manifest, if there is one. */
    default String version() {
        return "";
    }

    /** What it does, for people, in one line. */
    default String description() {
        return "";
    }

    /**
     * Whether it can read what another version of it has written into images. Asked at a restart where the versions differ.
     *
     * @param version the one that the images are from
     */
    default boolean restoresVersion(final String version) {
        return false;
    }

    /** The options that it has. A user who gives another one is told of these. */
    default List<PluginOption> options() {
        return List.of();
    }

    /**
     * Called once, before anything else but {@link #id}, {@link #version}, {@link #description}, {@link #restoresVersion} and
     * {@link #options}.
     *
     * @param options what the user has set: at the launch; at a restart what the images remember, changed by what is set anew
     * @throws IllegalArgumentException where a value is no good, with a message for the user
     */
    default void configure(final PluginOptions options) {}

    /** Its log, which {@code --debug-logs ID=LEVEL} switches on. */
    default Logger log() {
        return LoggerFactory.getLogger("org.jdmtcp.plugin." + id());
    }

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
     * The kinds of mapped memory that this plugin restores, asked in this order about what the engine does not restore
     * itself. Called once for each checkpoint and restart, after {@link #descriptors}.
     */
    default List<MappingKind<?>> mappings() {
        return List.of();
    }

    /** The kinds of host-wide resources. Called once for each checkpoint and restart, after {@link #mappings}. */
    default List<HostStateKind<?>> hostStates() {
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
