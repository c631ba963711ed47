package org.jdmtcp.core.checkpoint;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.core.plugin.PluginLog;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.message.MappedObject;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.core.timeline.PluginTimes;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Refusal;

/** Who restores which mapped object. What nobody claims is refused by name, before anything is written. */
final class ObjectClaims {
    private final Map<Plugin, List<MappingKind<?>>> kinds = new LinkedHashMap<>();
    private final PluginTimes times = new PluginTimes();
    private final String notAsked;
    private final List<Claim> claims = new ArrayList<>();

    private record Claim(int owner, String plugin, MappedObject message) {}

    ObjectClaims(final PluginRegistry plugins) {
        notAsked = plugins.notAsked();
        plugins.plugins().forEach(plugin -> kinds.put(plugin, plugin.mappings()));
    }

    /** Asks the plugins about every object. @throws Refusal naming all that cannot be restored */
    void claimAll(final List<MappedObjectView> objects, final Timeline timeline) {
        final List<String> refused = new ArrayList<>();
        for (final MappedObjectView object : objects) {
            try {
                claims.add(claim(object));
            } catch (final Refusal refusal) {
                refused.add(refusal.getMessage());
            }
        }
        times.addTo(timeline, "mapped objects");
        if (!refused.isEmpty()) {
            throw new Refusal(String.join("\n", refused));
        }
    }

    private Claim claim(final MappedObjectView object) {
        times.start();
        for (final Map.Entry<Plugin, List<MappingKind<?>>> plugin : kinds.entrySet()) {
            for (final MappingKind<?> kind : plugin.getValue()) {
                final Optional<? extends MessageLite> state = kind.inspect(object);
                if (state.isPresent()) {
                    times.lap(plugin.getKey().id());
                    if (PluginLog.isOn(plugin.getKey().id())) {
                        PluginLog.claimed(plugin.getKey().id(), kind.name(), object.describe(), state.get());
                    }
                    return new Claim(
                            object.owner(),
                            plugin.getKey().id(),
                            MappedObject.newBuilder()
                                    .setId(object.id())
                                    .setKind(kind.name())
                                    .setState(state.get().toByteString())
                                    .setDescription(object.describe())
                                    .build());
                }
            }
            times.lap(plugin.getKey().id());
        }
        throw new Refusal("no plugin restores " + object.describe() + notAsked
                + ": unmap it before the checkpoint, or run without what needs it");
    }

    /** Adds the claims on the objects that a process is the first to have mapped. */
    void addTo(final Map<String, PluginState.Builder> byPlugin, final int owner) {
        claims.stream()
                .filter(claim -> claim.owner == owner)
                .forEach(claim -> byPlugin.computeIfAbsent(claim.plugin, _ -> PluginState.newBuilder())
                        .addMappedObjects(claim.message));
    }
}
