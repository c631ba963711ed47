package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.ControlGroups;
import org.jdmtcp.core.process.ProcessCapture;
import org.jdmtcp.core.process.StopReport;
import org.jdmtcp.core.process.message.Clocks;
import org.jdmtcp.core.process.message.ComputationState;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.core.process.message.ProcessState;
import org.jdmtcp.core.procfs.Cgroup;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.spi.view.ProcessView;

/**
 * Everything about the stopped processes of this host apart from the contents of their memory. Taking it writes nothing and
 * changes nothing; what nobody can restore is refused here.
 */
final class HostCapture implements AutoCloseable {
    private final PluginRegistry plugins;
    private final OpenFiles files;
    private final FileSources sources = new FileSources();
    private final MappedObjects objects;
    private final Map<FrozenProcess, ProcessState> states = new LinkedHashMap<>();
    private final Map<FrozenProcess, MappingCapture> mappings = new LinkedHashMap<>();
    private final Claims claims;
    private final ObjectClaims objectClaims;
    private final HostClaims hostClaims;
    private final StateClaims stateClaims;
    private final Map<FrozenProcess, StateClaims.Questions> held = new LinkedHashMap<>();
    private Clocks clocks = Clocks.getDefaultInstance();

    HostCapture(
            final FrozenTree tree,
            final PluginRegistry plugins,
            final StandardStreams streams,
            final OpenFileContents contents,
            final Timeline timeline) {
        this.plugins = plugins;
        files = new OpenFiles(tree, streams, contents != OpenFileContents.LEAVE);
        objects = new MappedObjects(tree);
        claims = new Claims(plugins);
        objectClaims = new ObjectClaims(plugins);
        hostClaims = new HostClaims(plugins, tree);
        stateClaims = new StateClaims(plugins);
        try {
            capture(tree, timeline);
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    private void capture(final FrozenTree tree, final Timeline timeline) {
        final long begin = System.nanoTime();
        Confinement.lift(tree);
        SharedTables.refuseSharing(tree);
        NamespaceCheck.check(tree);
        final Identities identities = new Identities(tree, new SessionTerminals(tree, files.views()));
        for (final FrozenProcess process : tree.processes()) {
            mappings.put(process, new MappingCapture(process, files, sources, objects));
        }
        tree.mapScratch();
        files.settleCloseOnExec();
        timeline.step("", "mappings and open files are read", 0, begin);
        objectClaims.claimAll(objects.views(), timeline);
        claims.claimAll(files.views(), timeline);
        hostClaims.claimAll(views(tree.processes()), timeline);
        final long asked = System.nanoTime();
        final FrozenProcess first = tree.processes().getFirst();
        final Cgroup launchGroups = Cgroup.read(first.mainThread().tid());
        final Map<FrozenProcess, ProcessCapture> captures = new LinkedHashMap<>();
        for (final FrozenProcess process : tree.processes()) {
            final StateClaims.Questions questions = stateClaims.about(process, files.open(process));
            held.put(process, questions);
            captures.put(process, ProcessCapture.start(process, questions));
        }
        for (final FrozenProcess process : tree.processes()) {
            final ProcessState.Builder state =
                    Objects.requireNonNull(captures.get(process)).finish();
            state.setIdentity(identities.of(process));
            if (process != first) {
                state.getAttributesBuilder()
                        .addAllControlGroups(
                                ControlGroups.capture(process.mainThread().tid(), launchGroups, process.describe()));
            }
            state.addAllZombies(identities.zombiesOf(process));
            state.addAllDescriptors(files.table(process));
            state.getMemoryBuilder().addAllMappings(mapping(process).states());
            if (process.isGroupStopped()) {
                tree.process(process.parentPid())
                        .ifPresent(parent -> state.setStopTaken(StopReport.isTaken(parent, process)));
            }
            states.put(process, state.build());
        }
        stateClaims.addTo(timeline);
        timeline.step("", "the processes have answered", 0, asked);
        clocks = ProgramClocks.of(tree.processes().getFirst());
    }

    private MappingCapture mapping(final FrozenProcess process) {
        return Objects.requireNonNull(mappings.get(process));
    }

    /** The processes, parents first. */
    Set<FrozenProcess> processes() {
        return states.keySet();
    }

    /** State of a process, without its memory. */
    ProcessState state(final FrozenProcess process) {
        return Objects.requireNonNull(states.get(process));
    }

    /** Memory whose pages go to the image of a process. */
    List<MappingCapture.MemoryArea> areas(final FrozenProcess process) {
        return mapping(process).areas();
    }

    /**
     * What plugins say of that process, of the open files and mapped objects whose first holder it is, and of the host, by
     * plugin id.
     */
    Map<String, PluginState> pluginStates(final FrozenProcess process) {
        final Map<String, PluginState.Builder> byPlugin = new LinkedHashMap<>();
        for (final OpenFileView file : files.views()) {
            if (isFirstHolder(process, file)) {
                final Claims.Claim claim = claims.of(file);
                byPlugin.computeIfAbsent(claim.plugin(), id -> PluginState.newBuilder())
                        .addOpenFiles(claim.message());
            }
        }
        objectClaims.addTo(byPlugin, process.ownPid());
        hostClaims.addTo(byPlugin, process.ownPid());
        Objects.requireNonNull(held.get(process))
                .answers()
                .forEach((id, states) -> byPlugin.computeIfAbsent(id, plugin -> PluginState.newBuilder())
                        .addAllProcessStates(states));
        final Map<String, PluginState> built = new LinkedHashMap<>();
        byPlugin.forEach((id, state) -> built.put(id, state.build()));
        return built;
    }

    /** Contents to be kept in the image of that process. */
    List<Kept> kept(final FrozenProcess process) {
        return Stream.of(files.kept(), objects.kept(), hostClaims.kept())
                .flatMap(List::stream)
                .filter(kept -> kept.owner() == process.ownPid())
                .toList();
    }

    private static boolean isFirstHolder(final FrozenProcess process, final OpenFileView file) {
        return file.process().ownPid() == process.ownPid();
    }

    /** Has an image remember which plugins were at work. */
    void recordPlugins(final ComputationState.Builder image) {
        plugins.record(image);
    }

    /** What the clocks showed to the programs. */
    Clocks clocks() {
        return clocks;
    }

    /** The mapped files. */
    FileSources sources() {
        return sources;
    }

    /** The processes as plugins see them. */
    List<ProcessView> views() {
        return views(states.keySet());
    }

    private static List<ProcessView> views(final Collection<FrozenProcess> processes) {
        final List<ProcessView> views = new ArrayList<>();
        processes.forEach(process -> views.add(new FrozenProcessView(process)));
        return views;
    }

    /** Closes the agent's descriptors of what is the program's; to be called before the program goes on. */
    void closeFiles() {
        files.close();
        objects.close();
        hostClaims.close();
    }

    @Override
    public void close() {
        closeFiles();
        sources.close();
    }
}
