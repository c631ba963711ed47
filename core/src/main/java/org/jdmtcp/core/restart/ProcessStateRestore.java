package org.jdmtcp.core.restart;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdmtcp.core.plugin.PluginLog;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.message.HeldState;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.core.timeline.PluginTimes;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.view.ProcessView;

/** What the kernel held for the processes, apart from open files: read before any process is made, given back at the end. */
final class ProcessStateRestore {
    private final List<Held<?>> states = new ArrayList<>();

    private record Held<M extends MessageLite>(String plugin, int pid, ProcessStateKind<M> kind, M state) {
        void restore(final ProcessView process, final RestoreContext context) {
            try {
                kind.restore(state, process, context);
                if (PluginLog.isOn(plugin)) {
                    PluginLog.restored(plugin, kind.name(), process.command() + " (pid " + pid + ")", state);
                }
            } catch (final LinuxException e) {
                throw new Refusal(
                        "the " + kind.name() + " of " + process.command() + " (pid " + pid + ") cannot be restored: "
                                + e.getMessage(),
                        e);
            }
        }
    }

    /** Reads the images. @throws Refusal where a plugin or a kind is not known here */
    ProcessStateRestore(final RestartImages images, final PluginRegistry plugins) {
        // Each plugin once: its kinds may keep state for this restart.
        for (final Plugin plugin : plugins.plugins()) {
            final List<ProcessStateKind<?>> kinds = plugin.processStates();
            for (final RestartImage image : images.all()) {
                final PluginState state = image.plugins().get(plugin.id());
                if (state != null) {
                    state.getProcessStatesList().forEach(held -> states.add(read(plugin.id(), image, kinds, held)));
                }
            }
        }
        images.all().forEach(image -> image.plugins().forEach((id, state) -> requireKnown(image, plugins, id, state)));
    }

    private static void requireKnown(
            final RestartImage image, final PluginRegistry plugins, final String id, final PluginState state) {
        if (state.getProcessStatesCount() > 0 && plugins.find(id).isEmpty()) {
            throw new Refusal(image.reader().file() + " needs the plugin \"" + id + "\", which is not installed here");
        }
    }

    private static Held<?> read(
            final String plugin,
            final RestartImage image,
            final List<ProcessStateKind<?>> kinds,
            final HeldState held) {
        for (final ProcessStateKind<?> kind : kinds) {
            if (kind.name().equals(held.getKind())) {
                return parse(plugin, image, kind, held);
            }
        }
        throw new Refusal(image.reader().file() + " has state of the kind \"" + held.getKind()
                + "\", which the plugin installed here does not know");
    }

    private static <M extends MessageLite> Held<M> parse(
            final String plugin, final RestartImage image, final ProcessStateKind<M> kind, final HeldState held) {
        try {
            return new Held<>(plugin, image.pid(), kind, kind.parser().parseFrom(held.getState()));
        } catch (final InvalidProtocolBufferException e) {
            throw new Refusal(
                    image.reader().file() + ": the " + kind.name() + " of process " + image.pid() + " cannot be read",
                    e);
        }
    }

    /** Gives all processes their state. @throws Refusal where something cannot be restored here */
    void restoreAll(final Map<Integer, Newborn> processes, final RestoreContext context, final Timeline timeline) {
        final PluginTimes times = new PluginTimes();
        times.start();
        for (final Held<?> held : states) {
            held.restore(Objects.requireNonNull(processes.get(held.pid())), context);
            times.lap(held.plugin());
        }
        times.addTo(timeline, "processes");
    }
}
