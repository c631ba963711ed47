package org.jdmtcp.core.plugin;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdmtcp.core.process.message.ComputationState;
import org.jdmtcp.core.process.message.PluginSetting;
import org.jdmtcp.core.process.message.UsedPlugin;

/**
 * What images remember of the plugins that they were made with.
 *
 * @param used the user's own
 * @param disabled ids of installed ones that were switched off
 * @param allDisabled whether all installed ones were
 * @param options values by key, by plugin id
 */
public record RecordedPlugins(
        List<Used> used, Set<String> disabled, boolean allDisabled, Map<String, Map<String, String>> options) {
    static final RecordedPlugins NONE = new RecordedPlugins(List.of(), Set.of(), false, Map.of());

    public RecordedPlugins {
        used = List.copyOf(used);
        disabled = Set.copyOf(disabled);
        options = Map.copyOf(options);
    }

    /**
     * A user's plugin.
     *
     * @param sha256 of the jar, in hex
     */
    record Used(String id, String version, Path jar, String sha256) {
        String describe() {
            return "the plugin \"" + id + "\"" + (version.isEmpty() ? "" : " (version " + version + ")");
        }
    }

    /** Of all images of a restart. */
    public static RecordedPlugins of(final List<ComputationState> images) {
        final Map<String, Used> used = new LinkedHashMap<>();
        final Set<String> disabled = new TreeSet<>();
        final Map<String, Map<String, String>> options = new TreeMap<>();
        for (final ComputationState image : images) {
            for (final UsedPlugin plugin : image.getPluginsList()) {
                used.put(
                        plugin.getId(),
                        new Used(plugin.getId(), plugin.getVersion(), Path.of(plugin.getJar()), plugin.getSha256()));
            }
            disabled.addAll(image.getDisabledPluginsList());
            for (final PluginSetting setting : image.getPluginSettingsList()) {
                options.computeIfAbsent(setting.getPlugin(), id -> new TreeMap<>())
                        .put(setting.getKey(), setting.getValue());
            }
        }
        return new RecordedPlugins(
                List.copyOf(used.values()),
                disabled,
                images.stream().anyMatch(ComputationState::getAllPluginsDisabled),
                options);
    }

    /** Of the user's own plugins. */
    public List<String> ids() {
        return used.stream().map(Used::id).toList();
    }

    /** Whether there is nothing to remember. */
    boolean isEmpty() {
        return equals(NONE);
    }
}
