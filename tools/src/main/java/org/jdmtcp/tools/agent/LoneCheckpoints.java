package org.jdmtcp.tools.agent;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdmtcp.coordinator.agent.AgentHello;
import org.jdmtcp.core.agent.Agent;
import org.jdmtcp.core.checkpoint.CheckpointOptions;
import org.jdmtcp.core.checkpoint.CheckpointResult;
import org.jdmtcp.core.checkpoint.Coordination;
import org.jdmtcp.core.checkpoint.RoundAbortedException;

/** The interval checkpoints of an agent without a coordinator. */
final class LoneCheckpoints implements AutoCloseable {
    private static final long LAST_SECONDS = 60;

    private final Agent agent;
    private final Directories directories;
    private final ImageOptions.Settings settings;
    private final Voice voice;
    private final String computation;
    private final long seconds;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            body -> Thread.ofPlatform().name("jdmtcp-interval").daemon(true).unstarted(body));
    private volatile long generation;

    /** @param seconds between the end of one and the beginning of the next; 0 for never */
    LoneCheckpoints(
            final Agent agent,
            final Directories directories,
            final ImageOptions.Settings settings,
            final Voice voice,
            final AgentHello.Restarted last,
            final long seconds) {
        this.agent = agent;
        this.directories = directories;
        this.settings = settings;
        this.voice = voice;
        this.computation = last.computationId();
        this.generation = last.generation();
        this.seconds = seconds;
        if (seconds > 0) {
            clock.scheduleWithFixedDelay(this::checkpoint, seconds, seconds, TimeUnit.SECONDS);
        }
    }

    String computation() {
        return computation;
    }

    long generation() {
        return generation;
    }

    long seconds() {
        return seconds;
    }

    private void checkpoint() {
        try {
            final CheckpointResult result = agent.checkpoint(
                    new CheckpointOptions(
                            settings.directory().orElse(directories.current()),
                            settings.codec(),
                            settings.forked(),
                            computation,
                            Math.toIntExact(generation + 1),
                            settings.uniqueNames(),
                            settings.openFiles()),
                    Coordination.alone());
            generation++;
            RestartScript.write(result.images(), List.of(), directories.host());
        } catch (final RoundAbortedException e) {
            clock.shutdown(); // the programs have ended
        } catch (final RuntimeException e) {
            voice.warn("no checkpoint, the program goes on: " + (e.getMessage() == null ? e : e.getMessage()));
        }
    }

    /** Lets one that is being written finish. */
    @Override
    public void close() {
        clock.shutdown();
        try {
            if (!clock.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS)) {
                voice.warn("a checkpoint that was being written is given up");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
