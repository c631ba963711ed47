package org.jdmtcp.core.timeline;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One checkpoint or restart of this agent as it goes: its phases, one after the other, and steps within them, of plugins or about
 * single processes. It costs a look at the clock for each, and is always kept. Safe on any thread.
 */
public final class Timeline {
    private static final Logger LOG = LoggerFactory.getLogger(Timeline.class);
    /** A computation of thousands of processes is not told step by step. */
    private static final int MOST_STEPS = 5000;

    private static final double NANOS_PER_MILLI = 1e6;

    private final Kind kind;
    private final Instant begun = Instant.now();
    private final long begin = System.nanoTime();
    private final List<Step> steps = new ArrayList<>();
    private volatile Position position = new Position("", 0, "");
    private int open = -1;
    private long end;
    private String failure = "";

    /** What it is about. */
    public enum Kind {
        LAUNCH,
        REHEARSAL,
        CHECKPOINT,
        RESTART
    }

    /**
     * A piece of time.
     *
     * @param name of the phase; of a step: what was done in it
     * @param isPhase whether this is a phase; steps follow the one that they are within
     * @param plugin whose work it was; empty for the engine's
     * @param pid the process that it was about, as the agent sees it; 0 for all
     * @param start nanoseconds since the beginning
     * @param nanos how long
     */
    public record Step(String name, boolean isPhase, String plugin, int pid, long start, long nanos) {}

    /**
     * Where a checkpoint or restart is.
     *
     * @param computation id; empty where it is not known yet
     * @param generation number of the checkpoint; 0 where it is not known yet
     * @param place the phase, and the barrier in it
     */
    public record Position(String computation, long generation, String place) {}

    /**
     * All of it.
     *
     * @param nanos from the beginning to the end, or until now
     * @param failure why it was given up; empty where it was not
     */
    public record Report(Kind kind, Position last, Instant begun, long nanos, String failure, List<Step> steps) {
        public Report {
            steps = List.copyOf(steps);
        }
    }

    /** It begins now. */
    public Timeline(final Kind kind) {
        this.kind = kind;
    }

    /** Says which checkpoint it is about. */
    public Timeline about(final String computation, final long generation) {
        position = new Position(computation, generation, position.place);
        return this;
    }

    /** A phase begins, and the one before ends. */
    public synchronized void phase(final String name) {
        closePhase();
        open = steps.size();
        steps.add(new Step(name, true, "", 0, System.nanoTime() - begin, 0));
        position = new Position(position.computation, position.generation, name);
    }

    private void closePhase() {
        if (open >= 0) {
            final Step step = steps.get(open);
            final Step done = new Step(step.name, true, "", 0, step.start, System.nanoTime() - begin - step.start);
            steps.set(open, done);
            open = -1;
            log(done);
        }
    }

    /**
     * A step has ended now.
     *
     * @param plugin whose; empty for the engine's
     * @param name what was done
     * @param pid about which process; 0 for all
     * @param from {@link System#nanoTime} at its beginning
     */
    public void step(final String plugin, final String name, final int pid, final long from) {
        add(new Step(name, false, plugin, pid, from - begin, System.nanoTime() - from));
    }

    /** Time that was spent here and there within the phase. */
    void sum(final String plugin, final String name, final long nanos) {
        add(new Step(name, false, plugin, 0, System.nanoTime() - begin - nanos, nanos));
    }

    private synchronized void add(final Step step) {
        if (steps.size() < MOST_STEPS) {
            steps.add(step);
        }
        log(step);
    }

    private void log(final Step step) {
        if (kind != Kind.REHEARSAL && LOG.isDebugEnabled()) {
            LOG.debug(
                    "{}{}{}{} took {} ms",
                    step.isPhase ? "phase " : "",
                    step.plugin.isEmpty() ? "" : step.plugin + ": ",
                    step.name,
                    step.pid == 0 ? "" : " of pid " + step.pid,
                    String.format(Locale.ROOT, "%.3f", step.nanos / NANOS_PER_MILLI));
        }
    }

    /** What the agent is at within the phase, for the lines of the log: a barrier. */
    public void at(final String barrier) {
        final Position now = position;
        final int slash = now.place.indexOf('/');
        position = new Position(
                now.computation,
                now.generation,
                (slash < 0 ? now.place : now.place.substring(0, slash)) + "/" + barrier);
    }

    /** It is over. */
    public synchronized void end() {
        closePhase();
        end = System.nanoTime();
        position = new Position(position.computation, position.generation, "");
    }

    /** It is given up. */
    public synchronized void fail(final Throwable why) {
        failure = Optional.ofNullable(why.getMessage()).orElseGet(why::toString);
        LOG.debug("given up in {}: {}", position.place, failure);
        end();
    }

    /** Where it is now. */
    public Position position() {
        return position;
    }

    /** All of it so far. */
    public synchronized Report report() {
        return new Report(kind, position, begun, (end == 0 ? System.nanoTime() : end) - begin, failure, steps);
    }
}
