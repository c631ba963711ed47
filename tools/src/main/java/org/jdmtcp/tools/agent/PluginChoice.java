package org.jdmtcp.tools.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdmtcp.core.plugin.PluginSelection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which plugins dmtcp_launch and dmtcp_restart use, and how. */
public final class PluginChoice implements QuickOptions {
    private static final String PATHS = ":";
    private static final String SETTINGS = ";";

    @Option(
            names = "--with-plugin",
            paramLabel = "JAR[:JAR...]",
            description = "Load your own plugins from these jars (DMTCP_PLUGIN).")
    List<String> jars = new ArrayList<>();

    @Option(
            names = "--plugin-option",
            paramLabel = "ID.KEY=VALUE",
            description = "Set an option of a plugin; may be repeated (DMTCP_PLUGIN_OPTIONS, separated by semicolons)."
                    + " dmtcp_plugin info lists them. Images remember it.")
    List<String> settings = new ArrayList<>();

    @Option(
            names = "--plugin-timeout",
            paramLabel = "SECONDS",
            description = "How long a call of your own plugin may take before the checkpoint or the restart fails"
                    + " (DMTCP_PLUGIN_TIMEOUT; default: 10).")
    @Nullable Long timeout;

    @Override
    public boolean takeValue(final String name, final String value) {
        return switch (name) {
            case "--with-plugin" -> jars.add(value);
            case "--plugin-option" -> settings.add(value);
            case "--plugin-timeout" -> {
                final boolean first = timeout == null && QuickLine.isNumber(value);
                timeout = first ? Long.valueOf(value) : timeout;
                yield first;
            }
            default -> false;
        };
    }

    /**
     * All of it, checked; whether the plugins are there and know their options shows when they are loaded.
     *
     * @param disabled ids of installed plugins to do without
     * @param allDisabled all of those
     * @param without ids of plugins to leave out at a restart
     * @throws IllegalArgumentException with a message for the user
     */
    public PluginSelection selection(final Set<String> disabled, final boolean allDisabled, final Set<String> without) {
        final long seconds = timeout != null
                ? timeout
                : Variable.DMTCP_PLUGIN_TIMEOUT.number().orElse(PluginSelection.DEFAULT_LIMIT.toSeconds());
        if (seconds < 1) {
            throw new IllegalArgumentException("--plugin-timeout " + seconds + " is no time; give a second or more");
        }
        return new PluginSelection(jars(), disabled, allDisabled, without, options(), Duration.ofSeconds(seconds));
    }

    private List<Path> jars() {
        final List<String> given =
                jars.isEmpty() ? Variable.DMTCP_PLUGIN.value().map(List::of).orElse(List.of()) : jars;
        return given.stream()
                .flatMap(list -> Arrays.stream(list.split(PATHS)))
                .filter(jar -> !jar.isEmpty())
                .map(jar -> Path.of(jar).toAbsolutePath())
                .toList();
    }

    private Map<String, Map<String, String>> options() {
        final Map<String, Map<String, String>> options = new TreeMap<>();
        Variable.DMTCP_PLUGIN_OPTIONS
                .value()
                .ifPresent(list -> Arrays.stream(list.split(SETTINGS))
                        .filter(setting -> !setting.isBlank())
                        .forEach(setting -> set(options, setting.strip())));
        settings.forEach(setting -> set(options, setting));
        return options;
    }

    private static void set(final Map<String, Map<String, String>> options, final String setting) {
        final int equals = setting.indexOf('=');
        final int dot = setting.indexOf('.');
        if (dot <= 0 || equals <= dot + 1) {
            throw new IllegalArgumentException("--plugin-option " + setting
                    + " is not of the form ID.KEY=VALUE; dmtcp_plugin info lists what there is");
        }
        options.computeIfAbsent(setting.substring(0, dot), id -> new TreeMap<>())
                .put(setting.substring(dot + 1, equals), setting.substring(equals + 1));
    }

    /** A selection as options of dmtcp_launch's command line. */
    static List<String> options(final PluginSelection selection) {
        final List<String> options = new ArrayList<>();
        for (final Path jar : selection.jars()) {
            options.addAll(List.of("--with-plugin", jar.toString()));
        }
        new TreeSet<>(selection.disabled()).forEach(id -> options.add(DisabledPlugins.option(id)));
        if (selection.allDisabled()) {
            options.add(DisabledPlugins.ALL);
        }
        selection
                .options()
                .forEach((id, values) ->
                        values.forEach((key, value) -> options.add("--plugin-option=" + id + "." + key + "=" + value)));
        options.addAll(
                List.of("--plugin-timeout", Long.toString(selection.limit().toSeconds())));
        return options;
    }
}
