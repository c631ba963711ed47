package org.jdmtcp.core.plugin;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.StreamSupport;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Plugin;

/** The plugins of this agent, in their order. */
public final class PluginRegistry {
    private final List<Plugin> plugins;

    /** @param plugins in any order; ids must differ */
    public PluginRegistry(final List<Plugin> plugins) {
        this.plugins = PluginOrder.sort(
                plugins.stream().sorted(Comparator.comparing(Plugin::id)).toList());
    }

    /** All plugins that {@link ServiceLoader} finds on the class path. */
    public static PluginRegistry load() {
        return new PluginRegistry(
                StreamSupport.stream(ServiceLoader.load(Plugin.class).spliterator(), false)
                        .toList());
    }

    /** In the order of the way down. */
    public List<Plugin> plugins() {
        return plugins;
    }

    /** The plugin with that id. */
    public Optional<Plugin> find(final String id) {
        return plugins.stream().filter(p -> p.id().equals(id)).findFirst();
    }

    /** Tells all plugins, in order. An exception of one reaches the caller. */
    public void publish(final Event event) {
        plugins.forEach(p -> p.on(event));
    }
}
