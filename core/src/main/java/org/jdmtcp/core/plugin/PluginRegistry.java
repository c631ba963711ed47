package org.jdmtcp.core.plugin;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.jdmtcp.core.process.message.ComputationState;
import org.jdmtcp.core.process.message.PluginSetting;
import org.jdmtcp.core.process.message.UsedPlugin;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Plugin;

/** The plugins of this agent, in their order. */
public final class PluginRegistry {
    private final List<Plugin> plugins;
    private final List<InstalledPlugin> installed;
    private final PluginSelection selection;

    /** @param plugins in any order; ids must differ */
    public PluginRegistry(final List<Plugin> plugins) {
        this(plugins.stream().map(InstalledPlugin::builtIn).toList(), PluginSelection.INSTALLED);
    }

    /** @param selection what made them these */
    PluginRegistry(final List<InstalledPlugin> all, final PluginSelection selection) {
        this.plugins = PluginOrder.sort(all.stream()
                .map(InstalledPlugin::plugin)
                .sorted(Comparator.comparing(Plugin::id))
                .toList());
        this.installed = plugins.stream()
                .map(plugin -> all.stream()
                        .filter(each -> each.plugin() == plugin)
                        .findFirst()
                        .orElseThrow())
                .toList();
        this.selection = selection;
    }

    /** All plugins that {@link ServiceLoader} finds on the class path. */
    public static PluginRegistry load() {
        return new PluginRegistry(builtIn());
    }

    static List<Plugin> builtIn() {
        return StreamSupport.stream(ServiceLoader.load(Plugin.class).spliterator(), false)
                .toList();
    }

    /** In the order of the way down. */
    public List<Plugin> plugins() {
        return plugins;
    }

    /** The same with where they are from. */
    public List<InstalledPlugin> installed() {
        return installed;
    }

    /** Those that belong to the installation. */
    public PluginRegistry builtInOnly() {
        return installed.stream().allMatch(each -> each.jar().isEmpty())
                ? this
                : new PluginRegistry(
                        installed.stream().filter(each -> each.jar().isEmpty()).toList(), selection);
    }

    /** What the user has chosen, at the launch and since. */
    public PluginSelection selection() {
        return selection;
    }

    /** For a refusal of what no plugin claims: which ones were not asked. */
    public String notAsked() {
        if (selection.allDisabled()) {
            return " (the installed plugins are disabled)";
        }
        return selection.disabled().isEmpty() ? "" : " (disabled: " + String.join(", ", selection.disabled()) + ")";
    }

    /** Has an image remember what a restart needs. */
    public void record(final ComputationState.Builder image) {
        for (final InstalledPlugin each : installed) {
            each.jar()
                    .ifPresent(jar -> image.addPlugins(UsedPlugin.newBuilder()
                            .setId(each.id())
                            .setVersion(each.version())
                            .setJar(jar.path().toString())
                            .setSha256(jar.sha256())));
        }
        image.addAllDisabledPlugins(selection.disabled()).setAllPluginsDisabled(selection.allDisabled());
        selection
                .options()
                .forEach((id, values) -> values.forEach((key, value) -> image.addPluginSettings(
                        PluginSetting.newBuilder().setPlugin(id).setKey(key).setValue(value))));
    }

    /** The plugin with that id. */
    public Optional<Plugin> find(final String id) {
        return plugins.stream().filter(p -> p.id().equals(id)).findFirst();
    }

    /** Tells all plugins, in order. An exception of one reaches the caller. */
    public void publish(final Event event, final Timeline timeline) {
        plugins.forEach(plugin -> tell(plugin, event, timeline));
    }

    private static void tell(final Plugin plugin, final Event event, final Timeline timeline) {
        final long begin = System.nanoTime();
        plugin.on(event);
        timeline.step(plugin.id(), "event " + event.getClass().getSimpleName(), 0, begin);
    }

    /** Tells all plugins, in order, whatever some of them do. @param failed hears of each exception */
    public void publishToAll(final Event event, final Timeline timeline, final Consumer<RuntimeException> failed) {
        for (final Plugin plugin : plugins) {
            try {
                tell(plugin, event, timeline);
            } catch (final RuntimeException e) {
                failed.accept(e);
            }
        }
    }
}
