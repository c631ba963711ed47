package org.jdmtcp.core.plugin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which plugins the user wants, and how.
 *
 * @param jars of his own plugins
 * @param disabled ids of plugins to do without at a checkpoint
 * @param allDisabled whether to do without all that are installed
 * @param without ids of plugins that images were made with and that a restart is to do without
 * @param options values by key, by plugin id
 * @param limit how long a call of a user's plugin may take
 */
public record PluginSelection(
        List<Path> jars,
        Set<String> disabled,
        boolean allDisabled,
        Set<String> without,
        Map<String, Map<String, String>> options,
        Duration limit) {
    /** For who says nothing. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

    /** What is installed. */
    public static final PluginSelection INSTALLED =
            new PluginSelection(List.of(), Set.of(), false, Set.of(), Map.of(), DEFAULT_LIMIT);

    public PluginSelection {
        jars = List.copyOf(jars);
        disabled = Set.copyOf(disabled);
        without = Set.copyOf(without);
        options = Map.copyOf(options);
    }

    /** Whether there may be mistakes in it, so that it is looked at before a program is started. */
    public boolean isSpecial() {
        return !equals(new PluginSelection(List.of(), Set.of(), false, Set.of(), Map.of(), limit));
    }

    /** Together with what images remember; what is said here goes before. */
    PluginSelection with(final RecordedPlugins recorded) {
        final Set<String> allOff = new TreeSet<>(disabled);
        allOff.addAll(recorded.disabled());
        final Map<String, Map<String, String>> all = new TreeMap<>();
        recorded.options().forEach((plugin, values) -> {
            if (!without.contains(plugin)) {
                all.put(plugin, new TreeMap<>(values));
            }
        });
        options.forEach((plugin, values) ->
                all.computeIfAbsent(plugin, id -> new TreeMap<>()).putAll(values));
        return new PluginSelection(jars, allOff, allDisabled || recorded.allDisabled(), without, all, limit);
    }
}
