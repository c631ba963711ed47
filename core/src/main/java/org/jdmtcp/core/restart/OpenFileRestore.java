package org.jdmtcp.core.restart;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.plugin.PluginLog;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.message.Descriptor;
import org.jdmtcp.core.process.message.OpenFile;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.core.timeline.PluginTimes;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RestoredDescriptor;
import org.jspecify.annotations.Nullable;

/** The open files of the images: made again in the agent by the plugins that claimed them. */
final class OpenFileRestore implements RestoreContext {
    private static final int FREE_NUMBERS = 64;

    private final RestartImages images;
    private final StandardStreams streams;
    private final DevPts devPts;
    private final Map<String, Map<String, DescriptorKind<?>>> kinds = new LinkedHashMap<>();
    private final List<Restored<?>> restored = new ArrayList<>();
    private final List<String> warnings;
    private @Nullable Makers makers;
    private @Nullable Handover handover;

    private record Restored<M extends MessageLite>(String plugin, DescriptorKind<M> kind, M state, OpenFile file) {}

    OpenFileRestore(
            final RestartImages images,
            final PluginRegistry plugins,
            final StandardStreams streams,
            final DevPts devPts,
            final List<String> warnings) {
        this.images = images;
        this.devPts = devPts;
        this.streams = streams;
        this.warnings = warnings;
        for (final Plugin plugin : plugins.plugins()) {
            final Map<String, DescriptorKind<?>> byName = new LinkedHashMap<>();
            plugin.descriptors().forEach(kind -> byName.put(kind.name(), kind));
            kinds.put(plugin.id(), byName);
        }
    }

    /** Makes all open files and gives them to the handover. @throws Refusal where one cannot be made */
    void restoreAll(final Handover handover, final Makers makers, final Timeline timeline) {
        this.makers = makers;
        this.handover = handover;
        for (final RestartImage image : images.all()) {
            for (final Map.Entry<String, PluginState> plugin : image.plugins().entrySet()) {
                final Map<String, DescriptorKind<?>> known = kinds.get(plugin.getKey());
                if (known == null) {
                    throw new Refusal(image.reader().file() + " needs the plugin \"" + plugin.getKey()
                            + "\", which is not installed here");
                }
                for (final OpenFile file : plugin.getValue().getOpenFilesList()) {
                    restored.add(read(plugin.getKey(), known.get(file.getKind()), file, image));
                }
            }
        }
        images.leftOut().forEach(file -> {
            warnings.add(file.getDescription() + " is /dev/null now: its plugin was left out");
            handover.add(file.getId(), FileCalls.open("/dev/null", FileCalls.O_RDWR));
        });
        final Set<DescriptorKind<?>> used = new LinkedHashSet<>();
        restored.forEach(each -> used.add(each.kind));
        used.forEach(this::prepare);
        final PluginTimes times = new PluginTimes();
        times.start();
        for (final Restored<?> each : restored) {
            handover.add(each.file.getId(), restore(each));
            times.lap(each.plugin);
        }
        times.addTo(timeline, "open files");
        used.forEach(kind -> kind.complete(this));
    }

    private static <M extends MessageLite> Restored<M> read(
            final String plugin,
            final @Nullable DescriptorKind<M> kind,
            final OpenFile file,
            final RestartImage image) {
        if (kind == null) {
            throw new Refusal(image.reader().file() + " has an open file of the kind \"" + file.getKind()
                    + "\", which the plugin installed here does not know");
        }
        try {
            return new Restored<>(plugin, kind, kind.parser().parseFrom(file.getState()), file);
        } catch (final InvalidProtocolBufferException e) {
            throw new Refusal(image.reader().file() + ": the state of " + file.getDescription() + " cannot be read", e);
        }
    }

    private <M extends MessageLite> void prepare(final DescriptorKind<M> kind) {
        final List<M> states = new ArrayList<>();
        for (final Restored<?> each : restored) {
            if (each.kind == kind) {
                @SuppressWarnings("unchecked") // its state was read by this kind's parser
                final Restored<M> own = (Restored<M>) each;
                states.add(own.state);
            }
        }
        kind.prepare(states, this);
    }

    private <M extends MessageLite> Fd restore(final Restored<M> each) {
        try {
            final Fd made = each.kind.restore(each.state, this);
            if (PluginLog.isOn(each.plugin)) {
                PluginLog.restored(each.plugin, each.kind.name(), each.file.getDescription(), each.state);
            }
            return made;
        } catch (final org.jdmtcp.spi.linux.LinuxException e) {
            throw new Refusal(each.file.getDescription() + " cannot be restored: " + e.getMessage(), e);
        }
    }

    /**
     * Lets the kinds do what needs the descriptors in place, kind by kind in the order in which plugins list them: an epoll
     * instance comes after what it watches is what it was.
     */
    void attachAll(final Map<Integer, Newborn> processes) {
        kinds.values()
                .forEach(ofPlugin -> ofPlugin.values()
                        .forEach(kind -> restored.stream()
                                .filter(each -> each.kind == kind)
                                .forEach(each -> attach(each, processes))));
    }

    private void attach(final Restored<?> each, final Map<Integer, Newborn> processes) {
        final List<DescriptorView.Holder> holders = holders(each.file.getId(), processes);
        if (!holders.isEmpty()) {
            attach(each, new Attached(holders));
        }
    }

    private static <M extends MessageLite> void attach(
            final Restored<M> restored, final RestoredDescriptor descriptor) {
        restored.kind.attach(restored.state, descriptor);
    }

    private List<DescriptorView.Holder> holders(final long id, final Map<Integer, Newborn> processes) {
        final List<DescriptorView.Holder> holders = new ArrayList<>();
        for (final RestartImage image : images.all()) {
            final Newborn process = Objects.requireNonNull(processes.get(image.pid()));
            for (final Descriptor descriptor : image.process().getDescriptorsList()) {
                if (descriptor.getOpenFile() == id) {
                    holders.add(
                            new DescriptorView.Holder(process, descriptor.getNumber(), descriptor.getCloseOnExec()));
                }
            }
        }
        return holders;
    }

    private final class Attached implements RestoredDescriptor {
        private final List<DescriptorView.Holder> holders;
        private int taken;

        Attached(final List<DescriptorView.Holder> holders) {
            this.holders = holders;
        }

        @Override
        public ProcessView process() {
            return holders.getFirst().process();
        }

        @Override
        public int number() {
            return holders.getFirst().number();
        }

        @Override
        public List<DescriptorView.Holder> holders() {
            return holders;
        }

        @Override
        public int freeNumber() {
            return freeNumber(process());
        }

        @Override
        public int freeNumber(final ProcessView in) {
            final Optional<RestartImage> image = images.find(in.ownPid());
            final int highest = image.orElseThrow().process().getDescriptorsList().stream()
                    .mapToInt(Descriptor::getNumber)
                    .max()
                    .orElse(0);
            taken = taken % FREE_NUMBERS + 1;
            return highest + taken;
        }
    }

    @Override
    public Fd standardStream(final int number) {
        return streams.stream(number).map(Fd::duplicate).orElseGet(() -> substitute(number));
    }

    // Standard streams are a promise; what else was handed down to the program at launch seldom matters to it.
    private Fd substitute(final int number) {
        if (number < StandardStreams.COUNT) {
            throw new Refusal("the program's standard stream " + number
                    + " is to become dmtcp_restart's own, which is closed: give it one, such as /dev/null");
        }
        warnings.add(
                "descriptor " + number + " was handed down to the program when it was launched, and dmtcp_restart has"
                        + " none of that number: it is /dev/null now");
        return FileCalls.open("/dev/null", FileCalls.O_RDWR);
    }

    @Override
    public void writeContents(final long contentsId, final Fd into) {
        images.writeContents(contentsId, into);
    }

    @Override
    public boolean mayOverwriteFiles() {
        return images.mayOverwriteFiles();
    }

    @Override
    public ClockTimes clocksAtCheckpoint() {
        return images.clocks();
    }

    @Override
    public Fd openFile(final long id) {
        return Objects.requireNonNull(handover, "no open file exists yet").file(id);
    }

    @Override
    public Maker maker(final int pid, final int uid, final int gid) {
        return Objects.requireNonNull(makers, "nothing is being restored").maker(pid, uid, gid);
    }

    @Override
    public Maker networkMaker() {
        return Objects.requireNonNull(makers, "nothing is being restored").inOwnNetwork();
    }

    @Override
    public String terminalRoot() {
        return devPts.root();
    }

    @Override
    public RuntimeException taken(final String what) {
        return devPts.isOwn()
                ? new Refusal(what + " is needed twice: the images are of different computations")
                : new IdTakenException(what);
    }

    @Override
    public void warn(final String message) {
        warnings.add(message);
    }
}
