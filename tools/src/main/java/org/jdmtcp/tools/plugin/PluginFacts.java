package org.jdmtcp.tools.plugin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.core.plugin.InstalledPlugin;
import org.jdmtcp.spi.Barrier;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.ProcessStateKind;

/** What there is to know about a plugin, for people and as JSON. */
final class PluginFacts {
    private static final String BUILT_IN = "built in";

    private final InstalledPlugin installed;
    private final Plugin plugin;
    private final int position;

    /** @param position its place in the order, from 1 */
    PluginFacts(final InstalledPlugin installed, final int position) {
        this.installed = installed;
        this.plugin = installed.plugin();
        this.position = position;
    }

    String id() {
        return installed.id();
    }

    static String heading() {
        return row("ORDER", "ID", "VERSION", "DESCRIPTION", "FROM");
    }

    String line() {
        return row(Integer.toString(position), id(), version(), plugin.description(), from());
    }

    private static String row(
            final String order, final String id, final String version, final String description, final String from) {
        return String.format("%5s  %-16s %-12s %-64s %s", order, id, version, description, from);
    }

    private String version() {
        return installed.version().isEmpty() ? "-" : installed.version();
    }

    private String from() {
        return installed.jar().map(jar -> jar.path().toString()).orElse(BUILT_IN);
    }

    /** All of it, a fact on each line. */
    List<String> lines() {
        final List<String> lines = new ArrayList<>();
        lines.add(id() + (plugin.description().isEmpty() ? "" : ": " + plugin.description()));
        lines.add("  version     " + version());
        lines.add("  from        " + from());
        installed.jar().ifPresent(jar -> lines.add("  sha-256     " + jar.sha256()));
        add(lines, "after", plugin.order().after());
        add(lines, "before", plugin.order().before());
        add(lines, "open files", descriptors());
        add(lines, "mappings", mappings());
        add(lines, "host", hostStates());
        add(lines, "processes", processStates());
        add(
                lines,
                "barriers",
                plugin.barriers().stream().map(PluginFacts::words).toList());
        plugin.options()
                .forEach(option ->
                        lines.add("  option      " + id() + "." + option.key() + ": " + option.description()));
        return lines;
    }

    private static void add(final List<String> lines, final String name, final List<String> values) {
        if (!values.isEmpty()) {
            lines.add(String.format("  %-11s %s", name, String.join(", ", values)));
        }
    }

    private static String words(final Barrier barrier) {
        return barrier.name() + " (" + barrier.phase() + ", " + barrier.scope() + ")";
    }

    private List<String> descriptors() {
        return plugin.descriptors().stream().map(DescriptorKind::name).toList();
    }

    private List<String> mappings() {
        return plugin.mappings().stream().map(MappingKind::name).toList();
    }

    private List<String> hostStates() {
        return plugin.hostStates().stream().map(HostStateKind::name).toList();
    }

    private List<String> processStates() {
        return plugin.processStates().stream().map(ProcessStateKind::name).toList();
    }

    Map<String, Object> json() {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id());
        json.put("version", installed.version());
        json.put("description", plugin.description());
        json.put("position", position);
        json.put("built_in", installed.jar().isEmpty());
        installed.jar().ifPresent(jar -> {
            json.put("jar", jar.path().toString());
            json.put("sha256", jar.sha256());
        });
        json.put("after", plugin.order().after());
        json.put("before", plugin.order().before());
        json.put("kinds", kinds());
        json.put("barriers", plugin.barriers().stream().map(PluginFacts::json).toList());
        json.put(
                "options",
                plugin.options().stream()
                        .map(option -> Map.of("key", option.key(), "description", option.description()))
                        .toList());
        return json;
    }

    private Map<String, Object> kinds() {
        final Map<String, Object> kinds = new LinkedHashMap<>();
        kinds.put("descriptors", descriptors());
        kinds.put("mappings", mappings());
        kinds.put("host_states", hostStates());
        kinds.put("process_states", processStates());
        return kinds;
    }

    private static Map<String, Object> json(final Barrier barrier) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", barrier.name());
        json.put("phase", barrier.phase().name());
        json.put("scope", barrier.scope().name());
        return json;
    }
}
