package org.jdmtcp.core.restart;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdmtcp.core.plugin.PluginLog;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.message.MappedObject;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.view.MappingView;
import org.jspecify.annotations.Nullable;

/** The mapped objects of the images: made again by the plugins that claimed them, and mapped in the processes. */
final class MappedObjectRestore {
    private final RestartImages images;
    private final Handover handover;
    private final Map<String, Map<String, MappingKind<?>>> kinds = new LinkedHashMap<>();
    private final Map<Long, Restored<?>> restored = new LinkedHashMap<>();

    private record Restored<M extends MessageLite>(MappingKind<M> kind, M state, boolean hasFile) {
        void map(final List<MappingView.Place> places, final Steps steps) {
            kind.map(state, places, steps.batch());
        }
    }

    MappedObjectRestore(final RestartImages images, final Handover handover, final PluginRegistry plugins) {
        this.images = images;
        this.handover = handover;
        for (final Plugin plugin : plugins.plugins()) {
            final Map<String, MappingKind<?>> byName = new LinkedHashMap<>();
            plugin.mappings().forEach(kind -> byName.put(kind.name(), kind));
            kinds.put(plugin.id(), byName);
        }
    }

    /** Makes all objects and gives those that are files to the handover. @throws Refusal where one cannot be made */
    void restoreAll(final RestoreContext context) {
        for (final RestartImage image : images.all()) {
            for (final Map.Entry<String, PluginState> plugin : image.plugins().entrySet()) {
                for (final MappedObject object : plugin.getValue().getMappedObjectsList()) {
                    final Map<String, MappingKind<?>> known = kinds.getOrDefault(plugin.getKey(), Map.of());
                    restored.put(
                            object.getId(),
                            restore(plugin.getKey(), known.get(object.getKind()), object, image, context));
                }
            }
        }
    }

    private <M extends MessageLite> Restored<M> restore(
            final String plugin,
            final @Nullable MappingKind<M> kind,
            final MappedObject object,
            final RestartImage image,
            final RestoreContext context) {
        if (kind == null) {
            throw new Refusal(image.reader().file() + " has mapped memory of the kind \"" + object.getKind()
                    + "\", which no plugin installed here knows");
        }
        try {
            final M state = kind.parser().parseFrom(object.getState());
            final Optional<Fd> file = kind.restore(state, context);
            file.ifPresent(fd -> handover.add(object.getId(), fd));
            if (PluginLog.isOn(plugin)) {
                PluginLog.restored(plugin, kind.name(), object.getDescription(), state);
            }
            return new Restored<>(kind, state, file.isPresent());
        } catch (final InvalidProtocolBufferException e) {
            throw new Refusal(
                    image.reader().file() + ": the state of " + object.getDescription() + " cannot be read", e);
        } catch (final LinuxException e) {
            throw new Refusal(object.getDescription() + " cannot be restored: " + e.getMessage(), e);
        }
    }

    private Restored<?> of(final long object) {
        return Objects.requireNonNull(restored.get(object), () -> "no mapped object " + object);
    }

    /** Whether the object of a mapping is a file that is mapped like others. */
    boolean isFile(final MappingState mapping) {
        return of(mapping.getObject()).hasFile;
    }

    /** The number of the descriptor that is to be mapped. */
    int number(final MappingState mapping) {
        return handover.number(mapping.getObject());
    }

    /** Adds the calls that map the objects which are no files, before anything else is mapped. */
    void mapOthers(final Newborn process, final List<MappingState> mappings, final Steps steps) {
        final Map<Long, List<MappingView.Place>> places = new LinkedHashMap<>();
        for (final MappingState mapping : mappings) {
            if (mapping.getKind() == MappingState.Kind.OBJECT && !isFile(mapping)) {
                places.computeIfAbsent(mapping.getObject(), _ -> new ArrayList<>())
                        .add(place(process, mapping));
            }
        }
        places.forEach((object, all) -> of(object).map(all, steps));
        steps.run();
    }

    private static MappingView.Place place(final Newborn process, final MappingState mapping) {
        return new MappingView.Place(
                process,
                mapping.getStart(),
                mapping.getEnd(),
                mapping.getProt(),
                mapping.getShared(),
                mapping.getOffset(),
                mapping.getPageSize(),
                mapping.getFlagsList());
    }
}
