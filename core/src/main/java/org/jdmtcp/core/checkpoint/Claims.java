package org.jdmtcp.core.checkpoint;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.core.plugin.PluginLog;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.message.OpenFile;
import org.jdmtcp.core.timeline.PluginTimes;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Refusal;

/** Who restores which open file. What nobody claims is refused by name, before anything is written. */
final class Claims {
    private final Map<Plugin, List<DescriptorKind<?>>> kinds = new java.util.LinkedHashMap<>();
    private final PluginTimes times = new PluginTimes();
    private final String notAsked;
    private final Map<Long, Claim> claims = new HashMap<>();

    /** The plugin's id and its message about one open file. */
    record Claim(String plugin, OpenFile message) {}

    Claims(final PluginRegistry plugins) {
        notAsked = plugins.notAsked();
        plugins.plugins().forEach(plugin -> kinds.put(plugin, plugin.descriptors()));
    }

    /** Asks the plugins about every open file. @throws Refusal naming all that cannot be restored */
    void claimAll(final List<OpenFileView> files, final Timeline timeline) {
        final List<String> refused = new ArrayList<>();
        // The list grows on the way, by what is found in queues.
        for (int i = 0; i < files.size(); i++) {
            final OpenFileView file = files.get(i);
            try {
                file.refuseStateInFlight();
                claims.put(file.id(), claim(file));
            } catch (final Refusal refusal) {
                refused.add(refusal.getMessage());
            }
        }
        times.addTo(timeline, "open files");
        if (!refused.isEmpty()) {
            throw new Refusal(String.join("\n", refused));
        }
    }

    private Claim claim(final OpenFileView file) {
        times.start();
        for (final Map.Entry<Plugin, List<DescriptorKind<?>>> plugin : kinds.entrySet()) {
            for (final DescriptorKind<?> kind : plugin.getValue()) {
                final Optional<? extends MessageLite> state = kind.inspect(file);
                if (state.isPresent()) {
                    times.lap(plugin.getKey().id());
                    if (PluginLog.isOn(plugin.getKey().id())) {
                        PluginLog.claimed(plugin.getKey().id(), kind.name(), file.describe(), state.get());
                    }
                    return new Claim(
                            plugin.getKey().id(),
                            OpenFile.newBuilder()
                                    .setId(file.id())
                                    .setKind(kind.name())
                                    .setState(state.get().toByteString())
                                    .setDescription(file.describe())
                                    .build());
                }
            }
            times.lap(plugin.getKey().id());
        }
        throw new Refusal("no plugin restores " + file.describe() + notAsked
                + ": close it before the checkpoint, or run without what needs it");
    }

    /** The claim on an open file. */
    Claim of(final OpenFileView file) {
        return java.util.Objects.requireNonNull(claims.get(file.id()), "not claimed");
    }
}
