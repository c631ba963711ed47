package org.jdmtcp.core.checkpoint;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.plugin.PluginLog;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.Inquirer;
import org.jdmtcp.core.process.message.HeldState;
import org.jdmtcp.core.timeline.PluginTimes;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.ProcessResource;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.view.OpenDescriptor;
import org.jdmtcp.spi.view.ProcessView;

/** What the kernel holds for each process and which plugin restores it. What nobody does is refused by name. */
final class StateClaims {
    private final Map<Plugin, List<ProcessStateKind<?>>> kinds = new LinkedHashMap<>();
    private final PluginTimes times = new PluginTimes();
    private final Set<ProcessResource> unrestored = EnumSet.allOf(ProcessResource.class);

    StateClaims(final PluginRegistry plugins) {
        for (final Plugin plugin : plugins.plugins()) {
            final List<ProcessStateKind<?>> states = plugin.processStates();
            kinds.put(plugin, states);
            states.forEach(kind -> unrestored.removeAll(kind.restores()));
        }
    }

    /** Tells how long the plugins took. */
    void addTo(final Timeline timeline) {
        times.addTo(timeline, "processes");
    }

    /** The questions of all plugins about one process. */
    Questions about(final FrozenProcess process, final List<OpenDescriptor> descriptors) {
        return new Questions(process, descriptors);
    }

    /** Asked with the process's own batch; afterwards it tells what goes to the image. */
    final class Questions implements Inquirer {
        private final ProcessView view;
        private final List<Asked> asked = new ArrayList<>();
        private final Map<String, List<HeldState>> answers = new LinkedHashMap<>();
        private final List<String> refused = new ArrayList<>();

        private record Asked(String plugin, String kind, Inquiry<?> inquiry) {}

        Questions(final FrozenProcess process, final List<OpenDescriptor> descriptors) {
            view = new FrozenProcessView(process, descriptors);
        }

        @Override
        public void inquire(final Batch batch) {
            times.start();
            kinds.forEach((plugin, states) -> {
                for (final ProcessStateKind<?> kind : states) {
                    ask(plugin.id(), kind.name(), () -> kind.inquire(view, batch));
                }
                times.lap(plugin.id());
            });
            for (final ProcessResource resource : unrestored) {
                ask("", "", () -> Unrestored.inquire(resource, view, batch));
            }
        }

        private void ask(
                final String plugin, final String kind, final java.util.function.Supplier<Inquiry<?>> question) {
            collectRefusal(() -> asked.add(new Asked(plugin, kind, question.get())));
        }

        @Override
        public void answer(final Batch done) {
            times.start();
            for (final Asked each : asked) {
                collectRefusal(() -> each.inquiry().answer(done).ifPresent(state -> keep(each, state)));
                times.lap(each.plugin());
            }
            if (!refused.isEmpty()) {
                throw new Refusal(String.join("\n", refused));
            }
        }

        // All reasons in one message: whoever removes one wants to know of the others.
        private void collectRefusal(final Runnable question) {
            try {
                question.run();
            } catch (final Refusal refusal) {
                refused.add(refusal.getMessage());
            }
        }

        private void keep(final Asked each, final MessageLite state) {
            if (PluginLog.isOn(each.plugin())) {
                PluginLog.claimed(each.plugin(), each.kind(), view.command() + " (pid " + view.ownPid() + ")", state);
            }
            answers.computeIfAbsent(each.plugin(), id -> new ArrayList<>())
                    .add(HeldState.newBuilder()
                            .setKind(each.kind())
                            .setState(state.toByteString())
                            .build());
        }

        /** What the plugins said, by plugin id. */
        Map<String, List<HeldState>> answers() {
            return answers;
        }
    }
}
