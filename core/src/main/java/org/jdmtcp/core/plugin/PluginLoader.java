package org.jdmtcp.core.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jdmtcp.spi.PluginOption;
import org.jdmtcp.spi.PluginOptions;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the plugins that the user wants: those that are installed, those of his own jars, and at a restart those that the
 * images were made with. Nothing is loaded from a place that he has not named, now or at the launch.
 */
public final class PluginLoader {
    private static final Logger LOG = LoggerFactory.getLogger(PluginLoader.class);

    private final PluginSelection selection;
    private final RecordedPlugins recorded;
    private final List<InstalledPlugin> found = new ArrayList<>();

    private PluginLoader(final PluginSelection selection, final RecordedPlugins recorded) {
        this.selection = selection.with(recorded);
        this.recorded = recorded;
    }

    /** For a launch. @throws IllegalArgumentException with a message for the user */
    public static PluginRegistry load(final PluginSelection selection) {
        return load(selection, RecordedPlugins.NONE);
    }

    /**
     * For a restart.
     *
     * @throws IllegalArgumentException where the selection is wrong, with a message for the user
     * @throws Refusal where a plugin of the images is missing, or is another one now
     */
    public static PluginRegistry load(final PluginSelection selection, final RecordedPlugins recorded) {
        if (!selection.isSpecial() && recorded.isEmpty()) {
            return PluginRegistry.load();
        }
        return new PluginLoader(selection, recorded).load();
    }

    private PluginRegistry load() {
        PluginRegistry.builtIn().forEach(plugin -> add(InstalledPlugin.builtIn(plugin)));
        final Set<String> builtIn = ids();
        new LinkedHashSet<>(selection.jars().stream().map(PluginLoader::real).toList())
                .forEach(jar -> addAll(PluginJar.read(jar)));
        recorded.used().forEach(this::resolve);
        requireKnown(selection.disabled(), "to be disabled");
        requireKnown(selection.options().keySet(), "that --plugin-option could mean");
        found.removeIf(each ->
                selection.disabled().contains(each.id()) || selection.allDisabled() && builtIn.contains(each.id()));
        found.forEach(this::configure);
        found.forEach(each -> LOG.debug("plugin {} {} of {}", each.id(), each.version(), each.place()));
        final Set<Path> jars = new LinkedHashSet<>();
        found.forEach(each -> each.jar().ifPresent(jar -> jars.add(jar.path())));
        return new PluginRegistry(
                found,
                new PluginSelection(
                        List.copyOf(jars),
                        selection.disabled(),
                        selection.allDisabled(),
                        Set.of(),
                        selection.options(),
                        selection.limit()));
    }

    private static Path real(final Path jar) {
        try {
            return jar.toRealPath();
        } catch (final IOException e) {
            return jar; // reading it will say why
        }
    }

    private void addAll(final PluginJar jar) {
        new PluginConstruction(jar, selection.limit()).plugins().forEach(this::add);
    }

    private void add(final InstalledPlugin plugin) {
        find(plugin.id()).ifPresent(other -> {
            throw new IllegalArgumentException("two plugins have the id \"" + plugin.id() + "\", of " + other.place()
                    + " and of " + plugin.place() + ": leave one of them out");
        });
        found.add(plugin);
    }

    private Optional<InstalledPlugin> find(final String id) {
        return found.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    private Set<String> ids() {
        return found.stream().map(InstalledPlugin::id).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Sees to it that a plugin of the images is there. */
    private void resolve(final RecordedPlugins.Used used) {
        if (selection.without().contains(used.id())) {
            return;
        }
        if (find(used.id()).isEmpty()) {
            addAll(recordedJar(used));
        }
        final InstalledPlugin plugin = find(used.id())
                .orElseThrow(() -> refusal(used, "is not in " + used.jar(), "give its jar with --with-plugin"));
        if (!plugin.version().equals(used.version()) && !plugin.plugin().restoresVersion(used.version())) {
            throw refusal(
                    used,
                    "is of another version in " + plugin.place() + ", "
                            + (plugin.version().isEmpty() ? "without a number" : plugin.version()),
                    "give the jar of the right one with --with-plugin");
        }
    }

    private static PluginJar recordedJar(final RecordedPlugins.Used used) {
        if (!Files.exists(used.jar())) {
            throw refusal(used, "is missing: " + used.jar() + " does not exist", "give its jar with --with-plugin");
        }
        requireTrust(used);
        final PluginJar jar = PluginJar.read(used.jar());
        if (!jar.sha256().equals(used.sha256())) {
            throw refusal(
                    used,
                    "has changed since the checkpoint: " + used.jar() + " is another file now"
                            + jar.version().map(v -> " (version " + v + ")").orElse(""),
                    "give the jar that is to be used with --with-plugin");
        }
        return jar;
    }

    // The images name the jar, and the images may be somebody else's: they must not choose what this user executes.
    private static void requireTrust(final RecordedPlugins.Used used) {
        try {
            final int owner = (Integer) Files.getAttribute(used.jar(), "unix:uid");
            if (owner != 0 && owner != ProcessCalls.effectiveUid()) {
                throw refusal(
                        used,
                        "is in " + used.jar() + ", which belongs to uid " + owner,
                        "give that jar with --with-plugin if you trust it");
            }
        } catch (final IOException e) {
            throw refusal(used, "cannot be examined: " + e, "give its jar with --with-plugin");
        }
    }

    private static Refusal refusal(final RecordedPlugins.Used used, final String what, final String remedy) {
        return new Refusal(used.describe() + ", which the checkpoint was made with, " + what + "; " + remedy
                + ", or do without what it restores by --without-plugin " + used.id());
    }

    private void requireKnown(final Set<String> wanted, final String what) {
        for (final String id : new TreeSet<>(wanted)) {
            if (find(id).isEmpty()) {
                throw new IllegalArgumentException(
                        "there is no plugin \"" + id + "\" " + what + "; there are: " + String.join(", ", ids()));
            }
        }
    }

    private void configure(final InstalledPlugin plugin) {
        final Map<String, String> values = selection.options().getOrDefault(plugin.id(), Map.of());
        final Set<String> known = plugin.plugin().options().stream()
                .map(PluginOption::key)
                .collect(Collectors.toCollection(TreeSet::new));
        for (final String key : new TreeSet<>(values.keySet())) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("the plugin \"" + plugin.id() + "\" has no option \"" + key + "\"; "
                        + (known.isEmpty() ? "it has none" : "it has: " + String.join(", ", known)));
            }
        }
        plugin.plugin().configure(new PluginOptions(plugin.id(), values));
    }
}
