package org.jdmtcp.core.checkpoint;

import java.util.Collection;
import java.util.function.Supplier;
import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.tracee.PtraceThread;

/** The whole order of a checkpoint. */
public final class CheckpointSequence {
    /**
     * @param thread the engine's thread
     * @param plugins who restores what
     * @param streams what was the standard streams at launch
     */
    public CheckpointSequence(
            final PtraceThread thread, final PluginRegistry plugins, final StandardStreams streams) {}

    /**
     * Makes a checkpoint. Called on any thread but the engine's; returns when the images are valid.
     *
     * @param roots processes that the agent is responsible for; asked on the engine's thread
     * @param options how
     * @param coordination where to meet the other agents
     * @throws org.jdmtcp.spi.Refusal where something cannot be checkpointed: the programs run on, nothing was written
     * @throws RoundAbortedException where the computation gave up
     * @throws RuntimeException where writing failed: the programs run on and the previous checkpoint is still valid
     */
    public CheckpointResult run(
            final Supplier<? extends Collection<Integer>> roots,
            final CheckpointOptions options,
            final Coordination coordination) {
        throw new IllegalStateException();
    }
}
