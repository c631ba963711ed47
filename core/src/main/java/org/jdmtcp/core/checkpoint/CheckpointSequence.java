package org.jdmtcp.core.checkpoint;

import java.util.Collection;
import java.util.function.Supplier;
import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.freeze.Freeze;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.freeze.TimedWaits;
import org.jdmtcp.core.image.CheckpointSet;
import org.jdmtcp.core.plugin.BarrierRunner;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.PtraceThread;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole order of a checkpoint.
 *
 * <p>Until {@link HostCapture} is complete nothing has been written and nothing was changed: a refusal costs the program
 * nothing but the pause. Whatever fails later, the programs run on and the previous checkpoint stays valid.
 */
public final class CheckpointSequence {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSequence.class);

    private final PtraceThread thread;
    private final PluginRegistry plugins;
    private final StandardStreams streams;
    private final TimedWaits waits;
    private final Rehearsal rehearsal;

    /**
     * @param thread the engine's thread
     * @param plugins who restores what
     * @param streams what was the standard streams at launch
     * @param waits what is known of the threads' calls from one checkpoint to the next
     * @param rehearsal for the agent's first checkpoint
     */
    public CheckpointSequence(
            final PtraceThread thread,
            final PluginRegistry plugins,
            final StandardStreams streams,
            final TimedWaits waits,
            final Rehearsal rehearsal) {
        this.thread = thread;
        this.plugins = plugins;
        this.streams = streams;
        this.waits = waits;
        this.rehearsal = rehearsal;
    }

    /**
     * Makes a checkpoint. Called on any thread but the engine's; returns when the images are valid.
     *
     * @param roots processes that the agent is responsible for; asked on the engine's thread
     * @param options how
     * @param coordination where to meet the other agents
     * @param timeline what goes on, told as it does
     * @throws org.jdmtcp.spi.Refusal where something cannot be checkpointed: the programs run on, nothing was written
     * @throws RoundAbortedException where the computation gave up
     * @throws RuntimeException where writing failed: the programs run on and the previous checkpoint is still valid
     */
    public CheckpointResult run(
            final Supplier<? extends Collection<Integer>> roots,
            final CheckpointOptions options,
            final Coordination coordination,
            final Timeline timeline) {
        try (PendingImages images =
                thread.run(ptrace -> captureWhileStopped(ptrace, roots, options, coordination, timeline))) {
            timeline.phase("write");
            images.write(coordination::progress, timeline);
            timeline.phase("all agents have written");
            coordination.written(images.paths(), images.bytes());
            timeline.phase("commit");
            images.commit();
            timeline.phase("written");
            final CheckpointResult result = images.result();
            thread.run(ptrace -> {
                plugins.publishToAll(
                        new Event.Written(
                                options.generation(),
                                result.images().stream().map(Object::toString).toList()),
                        timeline,
                        CheckpointSequence::note);
                return result;
            });
            return result;
        }
    }

    private static void note(final RuntimeException failure) {
        LOG.warn("{}; the checkpoint goes on", failure.getMessage(), failure);
    }

    private PendingImages captureWhileStopped(
            final Ptrace ptrace,
            final Supplier<? extends Collection<Integer>> roots,
            final CheckpointOptions options,
            final Coordination coordination,
            final Timeline timeline) {
        timeline.phase("prepare");
        final BarrierRunner barriers = new BarrierRunner(plugins, timeline, coordination::barrier);
        plugins.publish(new Event.PreSuspend(options.generation()), timeline);
        CheckpointSet.settle(options.directory());
        rehearsal.once(ptrace, plugins.builtInOnly(), streams);
        waits.look(roots.get());
        final long begin = System.nanoTime();
        timeline.phase("suspend");
        PendingImages images = null;
        try (FrozenTree tree = Freeze.of(ptrace, roots, waits)) {
            if (tree.processes().isEmpty()) {
                throw new RoundAbortedException("the programs have ended");
            }
            timeline.phase("all agents have suspended");
            coordination.suspended();
            timeline.phase("capture");
            final HostCapture capture = new HostCapture(tree, plugins, streams, options.openFiles(), timeline);
            images = PendingImages.begin(thread, options, capture, begin);
            try {
                timeline.phase("drain");
                plugins.publish(new Event.Suspended(capture.views()), timeline);
                barriers.pass(Phase.DRAIN);
                timeline.phase("pre-checkpoint");
                plugins.publish(new Event.PreCheckpoint(capture.views()), timeline);
                barriers.pass(Phase.CAPTURE);
                timeline.phase("all agents have captured");
                coordination.captured();
                timeline.phase("snapshot");
                images.takeMemory(ptrace);
                timeline.phase("refill");
                barriers.pass(Phase.REFILL);
            } finally {
                // Whoever has taken something gives it back, whatever has become of the checkpoint.
                barriers.settle(CheckpointSequence::note);
                plugins.publishToAll(new Event.Resume(capture.views()), timeline, CheckpointSequence::note);
            }
            timeline.phase("resume");
            capture.closeFiles();
            waits.remember(tree);
        } catch (final RuntimeException e) {
            if (images != null) {
                images.abandon();
            }
            throw e;
        }
        images.resumed();
        return images;
    }
}
