package org.jdmtcp.core.restart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.plugin.BarrierRunner;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.plugin.RecordedPlugins;
import org.jdmtcp.core.process.message.ComputationState;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.PtraceThread;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Phase;
import org.jdmtcp.spi.view.ProcessView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole order of a restart. All images are read and verified first; then processes are made, which the kernel kills
 * should the agent die or give up before they are whole.
 */
public final class RestartSequence {
    private static final Logger LOG = LoggerFactory.getLogger(RestartSequence.class);
    private static final long IMAGE_KEY = 2L << 32;

    private final PtraceThread thread;
    private final Function<RecordedPlugins, PluginRegistry> registry;
    private final StandardStreams streams;

    /**
     * @param thread the engine's thread
     * @param registry finds who restores what: asked once the images are read, before any process is made
     * @param streams what becomes the standard streams
     */
    public RestartSequence(
            final PtraceThread thread,
            final Function<RecordedPlugins, PluginRegistry> registry,
            final StandardStreams streams) {
        this.thread = thread;
        this.registry = registry;
        this.streams = streams;
    }

    /**
     * Brings the processes back and lets them run.
     *
     * @throws org.jdmtcp.core.image.ImageException where an image is no good: no process was made then
     * @throws org.jdmtcp.spi.Refusal where something cannot be restored here: no process is left then
     */
    public Rebuilt run(final RestartOptions options, final Timeline timeline) {
        timeline.phase("read images");
        try (RestartImages images = RestartImages.open(options)) {
            final ComputationState computation = images.all().getFirst().computation();
            timeline.about(computation.getComputation(), computation.getGeneration());
            timeline.phase("load plugins");
            final PluginRegistry plugins = registry.apply(images.plugins());
            images.requirePlugins(plugins);
            if (!Nursery.needsNamespace(images)) {
                try {
                    return thread.run(ptrace -> rebuild(ptrace, images, plugins, false, timeline));
                } catch (final IdTakenException e) {
                    LOG.debug("{}; restarting in a pid namespace", e.getMessage());
                }
            }
            return thread.run(ptrace -> rebuild(ptrace, images, plugins, true, timeline));
        }
    }

    private Rebuilt rebuild(
            final Ptrace ptrace,
            final RestartImages images,
            final PluginRegistry plugins,
            final boolean namespace,
            final Timeline timeline) {
        timeline.phase(namespace ? "make namespaces" : "prepare");
        final List<String> warnings = new ArrayList<>();
        // The agents of other hosts are not waited for yet: a restart brings back the processes of one host.
        final BarrierRunner barriers = new BarrierRunner(plugins, timeline, name -> LOG.debug("barrier {}", name));
        final Layout layout = Layout.choose(images);
        try (Handover handover = new Handover(images)) {
            final MappedObjectRestore objects = new MappedObjectRestore(images, handover, plugins);
            final ProcessStateRestore processStates = new ProcessStateRestore(images, plugins);
            try (HostStateRestore host = new HostStateRestore(images, plugins, namespace);
                    Nursery nursery = Nursery.open(
                            ptrace, layout, handover, namespace, !host.isEmpty(), images.clocks(), warnings)) {
                final OpenFileRestore openFiles =
                        new OpenFileRestore(images, plugins, streams, new DevPts(nursery), warnings);
                timeline.phase("restore host state and mapped objects");
                host.restoreAll(openFiles, nursery.first());
                objects.restoreAll(openFiles);
                timeline.phase("restore open files");
                try (Makers makers = new Makers(nursery, handover, warnings::add)) {
                    openFiles.restoreAll(handover, makers, timeline);
                }
                timeline.phase("hand files over");
                final MappedFiles mappedFiles = new MappedFiles(images, handover);
                addImages(images, handover);
                nursery.deliver(handover);
                timeline.phase("grow the tree");
                final TreeBuilder tree = new TreeBuilder(
                        ptrace,
                        images,
                        nursery.rootFlags(),
                        new SessionTerminals(images, handover),
                        nursery.isInSession() ? LaunchIds.OURS : LaunchIds.of(images),
                        (process, inheritance) -> rebuildMemory(
                                process, images, layout, handover, mappedFiles, objects, inheritance, timeline));
                final Map<Integer, Newborn> processes = tree.grow(nursery.stub());
                final Map<Integer, ProcessFinish> finishes = new LinkedHashMap<>();
                processes.forEach((pid, process) -> finishes.put(
                        pid,
                        new ProcessFinish(
                                process, images.find(pid).orElseThrow().process(), warnings)));
                timeline.phase("publish");
                barriers.pass(Phase.PUBLISH);
                timeline.phase("place descriptors");
                finishes.values().forEach(f -> f.placeDescriptors(handover));
                timeline.phase("connect");
                barriers.pass(Phase.CONNECT);
                openFiles.attachAll(processes);
                timeline.phase("restart");
                final List<ProcessView> views =
                        processes.values().stream().map(ProcessView.class::cast).toList();
                host.attachAll(openFiles, nursery.first(), views);
                plugins.publish(new Event.Restart(views), timeline);
                finishes.values().forEach(ProcessFinish::makeThreads);
                timeline.phase("restarted");
                barriers.pass(Phase.RESTARTED);
                timeline.phase("restore process states");
                processStates.restoreAll(processes, openFiles, timeline);
                finishes.values().forEach(ProcessFinish::queueSignals);
                timeline.phase("complete and release");
                finishes.values().forEach(ProcessFinish::complete);
                host.keep();
                nursery.release();
                new Foreground(images).give(processes);
                List.copyOf(finishes.values()).reversed().forEach(ProcessFinish::release);
                plugins.publishToAll(new Event.Running(), timeline, e -> warnings.add(String.valueOf(e.getMessage())));
                warnings.forEach(LOG::warn);
                return rebuilt(images, processes, nursery);
            }
        }
    }

    private static void addImages(final RestartImages images, final Handover handover) {
        long key = IMAGE_KEY;
        for (final RestartImage image : images.all()) {
            handover.add(key, image.reader().fd().duplicate());
            key++;
        }
    }

    private static void rebuildMemory(
            final Newborn process,
            final RestartImages images,
            final Layout layout,
            final Handover handover,
            final MappedFiles mappedFiles,
            final MappedObjectRestore objects,
            final Inheritance inheritance,
            final Timeline timeline) {
        final long begin = System.nanoTime();
        final RestartImage image = images.find(process.ownPid()).orElseThrow();
        final long key = IMAGE_KEY + images.all().indexOf(image);
        new MemoryRebuild(process, image, layout, handover, mappedFiles, objects, inheritance)
                .run(handover.number(key));
        timeline.step("", "memory of " + image.process().getIdentity().getCommand(), process.pid(), begin);
    }

    private static Rebuilt rebuilt(
            final RestartImages images, final Map<Integer, Newborn> processes, final Nursery nursery) {
        final List<Rebuilt.Root> roots = new ArrayList<>();
        for (final RestartImage image : images.roots()) {
            final Newborn process = Objects.requireNonNull(processes.get(image.pid()));
            roots.add(new Rebuilt.Root(
                    process.pid(),
                    process.ownPid(),
                    image.process().getIdentity().getCommand()));
        }
        final ComputationState computation = images.all().getFirst().computation();
        return new Rebuilt(
                roots, nursery.init(), nursery.exits(), computation.getComputation(), computation.getGeneration());
    }
}
