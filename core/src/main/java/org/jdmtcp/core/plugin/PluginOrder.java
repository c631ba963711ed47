package org.jdmtcp.core.plugin;

import com.google.common.graph.ElementOrder;
import com.google.common.graph.GraphBuilder;
import com.google.common.graph.MutableGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdmtcp.spi.Plugin;

/** Sorts plugins by their wishes; those without are left in the order given. */
final class PluginOrder {
    private PluginOrder() {}

    static List<Plugin> sort(final List<Plugin> plugins) {
        final Map<String, Plugin> byId =
                plugins.stream().collect(Collectors.toMap(Plugin::id, Function.identity(), PluginOrder::twice));
        final MutableGraph<Plugin> before = GraphBuilder.directed()
                .nodeOrder(ElementOrder.<Plugin>insertion())
                .build();
        plugins.forEach(before::addNode);
        for (final Plugin plugin : plugins) {
            known(byId, plugin.order().after()).forEach(other -> before.putEdge(other, plugin));
            known(byId, plugin.order().before()).forEach(other -> before.putEdge(plugin, other));
        }
        final List<Plugin> sorted = new ArrayList<>();
        while (!before.nodes().isEmpty()) {
            final Plugin next = before.nodes().stream()
                    .filter(p -> before.inDegree(p) == 0)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the plugins "
                            + before.nodes().stream().map(Plugin::id).toList()
                            + " wish to stand before each other in a circle"));
            sorted.add(next);
            before.removeNode(next);
        }
        return List.copyOf(sorted);
    }

    private static Stream<Plugin> known(final Map<String, Plugin> byId, final List<String> ids) {
        return ids.stream().flatMap(id -> Optional.ofNullable(byId.get(id)).stream());
    }

    private static Plugin twice(final Plugin one, final Plugin other) {
        throw new IllegalStateException("two plugins have the id " + one.id() + ": "
                + one.getClass().getName() + " and " + other.getClass().getName());
    }
}
