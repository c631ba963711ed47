package org.jdmtcp.core.agent;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jdmtcp.core.checkpoint.CheckpointOptions;
import org.jdmtcp.core.checkpoint.CheckpointResult;
import org.jdmtcp.core.checkpoint.CheckpointSequence;
import org.jdmtcp.core.checkpoint.Coordination;
import org.jdmtcp.core.checkpoint.Rehearsal;
import org.jdmtcp.core.freeze.TimedWaits;
import org.jdmtcp.core.plugin.PluginLoader;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.plugin.PluginSelection;
import org.jdmtcp.core.plugin.RecordedPlugins;
import org.jdmtcp.core.restart.Rebuilt;
import org.jdmtcp.core.restart.RestartOptions;
import org.jdmtcp.core.restart.RestartSequence;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.core.tracee.PtraceThread;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * The owner of the engine, and of the processes that it is used on. There is one in a process, since it reaps the process's
 * children and takes its signals. First one of {@link #spawn}, {@link #adopt} and {@link #rebuild}, once; then the rest, on
 * any thread. The programs live on when the agent is closed or dies.
 */
public final class Agent implements AutoCloseable {
    private final PtraceThread thread = new PtraceThread();
    private final Watch watch = new Watch();
    private final StrayDescriptors descriptors;
    private final Family family;
    private final CompletableFuture<WaitStatus> end = new CompletableFuture<>();
    private final TimedWaits waits = new TimedWaits();
    private final Rehearsal rehearsal = new Rehearsal();
    private final PluginSelection selection;
    private volatile String computation = "";
    private volatile Optional<Timeline> timeline = Optional.empty();
    private StandardStreams streams;
    private boolean restarted;
    private Optional<PluginRegistry> plugins = Optional.empty();

    /**
     * @param helper whether a child of this process is one of its own helpers, not of the program's; given a pid
     * @param selection the plugins
     */
    public Agent(final IntPredicate helper, final PluginSelection selection) {
        this.selection = selection;
        // With SIGCHLD ignored, as a caller may leave it, the kernel would not keep the exit status for us.
        SignalDispositions.reset(Signal.SIGCHLD);
        this.descriptors = new StrayDescriptors();
        // Now: what Java opens later looks as if it had been inherited too.
        this.streams = StandardStreams.own();
        this.family = new Family(helper);
    }

    /**
     * Starts a program, which finds everything as if the caller had started it.
     *
     * @return its pid
     * @throws ProgramException where it cannot be started
     */
    public int spawn(final Program program) {
        descriptors.seal();
        final int pid = program.start();
        family.add(pid);
        listen(new Shepherd(thread, family, end, Optional.of(pid)));
        return pid;
    }

    /**
     * Takes charge of running processes and their descendants. Signals to the agent stay with the agent; its end does not
     * matter to them. They end for the agent when the last of them has.
     *
     * @throws Refusal where there is no such process, or where it cannot be taken in
     */
    public void adopt(final List<Integer> pids) {
        adopt(pids, StandardStreams.of(pids.getFirst()));
    }

    /**
     * Takes charge of what another agent has left: processes that outlive its program.
     *
     * @param handedDown {@link #streams} of that agent
     * @throws Refusal as for {@link #adopt(List)}
     */
    public void takeOver(final List<Integer> pids, final List<String> handedDown) {
        adopt(pids, StandardStreams.handedDown(pids, handedDown));
    }

    /** What the program was handed down: standard streams, pipes, sockets, terminals; for {@link #takeOver}. */
    public List<String> streams() {
        return streams.identities();
    }

    private void adopt(final List<Integer> pids, final StandardStreams theirs) {
        for (final int pid : pids) {
            final Fd process = Adoption.open(pid);
            family.add(pid);
            watch.whenReadable(process, () -> {
                endOfAdopted();
                return false;
            });
        }
        streams.close();
        streams = theirs;
        listen(new Shepherd(thread, family, end, Optional.empty()));
    }

    private void endOfAdopted() {
        if (family.roots().isEmpty()) {
            end.complete(new WaitStatus.Unknown());
        }
    }

    /** Brings the processes of images back; they run when this returns. Errors are those of {@link RestartSequence#run}. */
    public Rebuilt rebuild(final RestartOptions options) {
        restarted = true;
        final Timeline begun = new Timeline(Timeline.Kind.RESTART);
        timeline = Optional.of(begun);
        final Rebuilt rebuilt = new RestartSequence(thread, this::plugins, streams).run(options, begun);
        begun.end();
        family.setInit(rebuilt.init());
        rebuilt.roots().forEach(root -> family.add(root.pid()));
        final Rebuilt.Root first = rebuilt.roots().getFirst();
        final Shepherd shepherd = new Shepherd(thread, family, end, Optional.of(first.pid()));
        rebuilt.exits().ifPresent(pipe -> {
            final ExitReports reports = new ExitReports(pipe, first.ownPid(), end, shepherd::rootStopped);
            watch.whenReadable(pipe, reports::read);
        });
        listen(shepherd);
        return rebuilt;
    }

    private void listen(final Shepherd shepherd) {
        SignalDispositions.reportStoppedChildren();
        final Optional<SignalSource> signals = SignalSource.open();
        signals.ifPresent(source -> watch.whenReadable(source.fd(), () -> {
            shepherd.takeSignals(source);
            return true;
        }));
        shepherd.root()
                .flatMap(ProcessCalls::pidFd)
                .ifPresent(process -> watch.whenReadable(process, () -> {
                    shepherd.reap();
                    return false;
                }));
        watch.start();
        shepherd.reap();
    }

    /** Completed when the first root has ended, with how; of an adopted process, when all of them have. */
    public CompletableFuture<WaitStatus> end() {
        return end;
    }

    /** Tells the plugins that a first process runs. Loads them, which takes a while. @param failed hears of who throws */
    public void publishLaunch(final int pid, final Consumer<RuntimeException> failed) {
        final PluginRegistry registry = plugins();
        thread.run(ptrace -> {
            registry.publishToAll(new Event.Launch(pid), new Timeline(Timeline.Kind.LAUNCH), failed);
            return pid;
        });
    }

    /** Makes a checkpoint of all members; errors are those of {@link CheckpointSequence#run}. */
    public CheckpointResult checkpoint(final CheckpointOptions options, final Coordination coordination) {
        final Timeline begun =
                new Timeline(Timeline.Kind.CHECKPOINT).about(options.computation(), options.generation());
        timeline = Optional.of(begun);
        try {
            final CheckpointResult result = new CheckpointSequence(thread, plugins(), streams, waits, rehearsal)
                    .run(family::roots, options, coordination, begun);
            begun.end();
            return result;
        } catch (final RuntimeException e) {
            begun.fail(e);
            throw e;
        }
    }

    /** The last checkpoint or restart, or the one that goes on. */
    public Optional<Timeline> timeline() {
        return timeline;
    }

    /** Which checkpoint or restart the agent is at, or was last, and where in it. */
    public Timeline.Position position() {
        return timeline.map(Timeline::position).orElse(new Timeline.Position(computation, 0, ""));
    }

    /** Tells it which computation it belongs to, for its log. */
    public void joined(final String id) {
        computation = id;
    }

    /** The living processes from which all members descend. */
    public Collection<Integer> roots() {
        return family.roots();
    }

    /** Gives members that are just ending a moment to be gone. @return whether any is left */
    public boolean hasMembersAfter(final Duration moment) {
        final long deadline = System.nanoTime() + moment.toNanos();
        Collection<Integer> left = family.roots();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            ProcessCalls.pidFd(left.iterator().next()).ifPresent(process -> {
                KillAll.awaitEnd(process, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                process.close();
            });
            left = family.roots();
        }
        return !left.isEmpty();
    }

    /**
     * Once the first root of a restart has ended: if the terminal's foreground is a group of the program still, or nobody's any
     * more, it is this process's again. A program that took the terminal gives it back at its end, but to the group that it
     * was launched in.
     */
    public void takeTerminalBack() {
        if (!restarted) {
            return;
        }
        try (ControllingTerminal terminal = ControllingTerminal.open()) {
            final int foreground = terminal.foreground();
            if (foreground > 0 && (family.hasGroup(foreground) || ProcessCalls.kill(-foreground, 0) == -Errno.ESRCH)) {
                terminal.takeBack();
            }
        }
    }

    /** All members, now. */
    public List<Member> members() {
        return family.describe();
    }

    /** Kills all members with SIGKILL. @return whether all were gone in time */
    public boolean killAll() {
        return KillAll.of(family);
    }

    /**
     * Loads the plugins, which else happens when they are needed.
     *
     * @throws IllegalArgumentException where the user's choice is wrong, with a message for him
     */
    public void requirePlugins() {
        plugins();
    }

    /** The plugins' ids, in their order. */
    public List<String> pluginIds() {
        return plugins().plugins().stream().map(Plugin::id).toList();
    }

    /** The choice of plugins as it has become, with what images remembered of it. */
    public PluginSelection selection() {
        return plugins().selection();
    }

    private synchronized PluginRegistry plugins(final RecordedPlugins recorded) {
        final PluginRegistry registry = PluginLoader.load(selection, recorded);
        plugins = Optional.of(registry);
        return registry;
    }

    private synchronized PluginRegistry plugins() {
        final PluginRegistry registry = plugins.orElseGet(() -> PluginLoader.load(selection));
        plugins = Optional.of(registry);
        return registry;
    }

    /** Lets everything go; the programs run on. */
    @Override
    public void close() {
        watch.close();
        thread.close();
        streams.close();
    }
}
