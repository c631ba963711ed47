package org.jdmtcp.core.restart;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
        void map(final MappingView.Place place, final Steps steps) {
            kind.map(state, place, steps.batch());
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
                    restored.put(object.getId(), restore(known.get(object.getKind()), object, image, context));
                }
            }
        }
    }

    private <M extends MessageLite> Restored<M> restore(
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
            return new Restored<>(kind, state, file.isPresent());
        } catch (final InvalidProtocolBufferException e) {
            throw new Refusal(
                    image.reader().file() + ": the state of " + object.getDescription() + " cannot be read", e);
        } catch (final LinuxException e) {
            throw new Refusal(object.getDescription() + " cannot be restored: " + e.getMessage(), e);
        }
    }

    private Restored<?> of(final MappingState mapping) {
        return Objects.requireNonNull(
                restored.get(mapping.getObject()), () -> "no mapped object " + mapping.getObject());
    }

    /** The number of the descriptor that is to be mapped; empty where the kind maps by calls of its own. */
    Optional<Integer> number(final MappingState mapping) {
        return of(mapping).hasFile ? Optional.of(handover.number(mapping.getObject())) : Optional.empty();
    }

    /** Adds the calls of the kind that map an object in a process. */
    void map(final Newborn process, final MappingState mapping, final Steps steps) {
        of(mapping)
                .map(
                        new MappingView.Place(
                                process,
                                mapping.getStart(),
                                mapping.getEnd(),
                                mapping.getProt(),
                                mapping.getShared(),
                                mapping.getOffset(),
                                mapping.getPageSize(),
                                List.copyOf(mapping.getFlagsList())),
                        steps);
    }
}
