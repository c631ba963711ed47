package org.jdmtcp.coordinator.state;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jdmtcp.coordinator.CheckpointImage;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to take a checkpoint with all agents that were members when it began.
 *
 * <p>Order: everybody suspended; everybody captured; proceed; everybody written; commit; everybody committed. Whoever refuses,
 * fails, dies or falls silent before the commit was ordered ends the round for all. Whoever does so after it cannot take it back:
 * the others end what they began, and the result says whose images are in doubt. Who leaves because its programs have ended is no
 * longer part of the round, at any time.
 *
 * <p>INVARIANT: as long as the round is not over there is a member whose silence will end it, see {@link #pause}.
 */
public final class CheckpointRound {
    private enum Phase {
        SUSPENDING,
        CAPTURING,
        WRITING,
        COMMITTING,
        OVER
    }

    private static final class Part {
        final MemberInfo info;
        /** The phase that it has ended last; null for none. */
        @Nullable Phase done;

        long heard;
        List<CheckpointImage> images = List.of();

        Part(MemberInfo info, long heard) {
            this.info = info;
            this.heard = heard;
        }

        boolean hasDone(Phase phase) {
            return done != null && done.compareTo(phase) >= 0;
        }
    }

    private final long number;
    private final long generation;
    private final boolean killAfter;
    private final RoundLimits limits;
    private final Ticker ticker;
    private final Post post;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private final BarrierBoard barriers;
    private final List<CheckpointImage> committedImages = new ArrayList<>();
    private final List<String> inDoubt = new ArrayList<>();
    private Phase phase = Phase.SUSPENDING;
    private boolean anyCommitted;
    private @Nullable CheckpointResult result;

    /** Makes the round and orders its members to begin. */
    public CheckpointRound(
            long number,
            long generation,
            boolean killAfter,
            Collection<MemberInfo> members,
            RoundLimits limits,
            Ticker ticker,
            Post post) {
        this.number = number;
        this.generation = generation;
        this.killAfter = killAfter;
        this.limits = limits;
        this.ticker = ticker;
        this.post = post;
        members.forEach(m -> parts.put(m.agentId(), new Part(m, ticker.read())));
        this.barriers = new BarrierBoard(parts.keySet());
        tellAll(new Order.Checkpoint(number, generation, killAfter, parts.size()));
        advance();
    }

    public long number() {
        return number;
    }

    public long generation() {
        return generation;
    }

    public boolean killAfter() {
        return killAfter;
    }

    /** The ids of the agents that still take part. */
    public List<String> members() {
        return List.copyOf(parts.keySet());
    }

    /** Present once the round is over. */
    public Optional<CheckpointResult> result() {
        return Optional.ofNullable(result);
    }

    /** Takes an agent's answer. */
    public Acceptance answer(String agentId, long round, Answer answer) {
        if (phase == Phase.OVER || round != number) {
            return Acceptance.LATE;
        }
        Part part = parts.get(agentId);
        if (part == null) {
            return Acceptance.NO_MEMBER;
        }
        part.heard = ticker.read();
        return switch (answer) {
            case Answer.Progress p -> Acceptance.ACCEPTED;
            case Answer.Suspended s -> done(part, Phase.SUSPENDING);
            case Answer.Captured c -> done(part, Phase.CAPTURING);
            case Answer.Written w -> {
                if (part.images.isEmpty()) {
                    part.images = w.images();
                }
                yield done(part, Phase.WRITING);
            }
            case Answer.Committed c -> done(part, Phase.COMMITTING);
            case Answer.Refused r -> refused(part, r.reason());
            case Answer.Failed f -> failed(part, f.reason());
        };
    }

    private Acceptance done(Part part, Phase ended) {
        if (part.hasDone(ended)) {
            return Acceptance.DUPLICATE;
        }
        // Captured may come before everybody has suspended: not every agent has a reason to wait for the others.
        Phase latest = phase == Phase.SUSPENDING ? Phase.CAPTURING : phase;
        if (ended.compareTo(latest) > 0) {
            abort(new CheckpointResult.Failed(List.of(
                    part.info.describe() + " reported the end of " + ended + " while the round was still " + phase)));
            return Acceptance.OUT_OF_ORDER;
        }
        part.done = ended;
        advance();
        return Acceptance.ACCEPTED;
    }

    private Acceptance refused(Part part, String reason) {
        if (phase == Phase.WRITING || phase == Phase.COMMITTING) {
            return failed(part, reason);
        }
        abort(new CheckpointResult.Refused(List.of(part.info.describe() + ": " + reason)));
        return Acceptance.ACCEPTED;
    }

    private Acceptance failed(Part part, String reason) {
        if (part.hasDone(Phase.COMMITTING)) {
            return Acceptance.DUPLICATE;
        }
        lose(part, reason);
        return Acceptance.ACCEPTED;
    }

    /** An agent has come to a barrier. */
    public Acceptance barrier(String agentId, long round, String barrier) {
        if (round != number || phase == Phase.OVER || phase == Phase.COMMITTING) {
            return Acceptance.LATE;
        }
        Part part = parts.get(agentId);
        if (part == null) {
            return Acceptance.NO_MEMBER;
        }
        part.heard = ticker.read();
        release(barriers.arrive(agentId, barrier), barrier);
        checkBarriers();
        return Acceptance.ACCEPTED;
    }

    private void release(List<String> agents, String barrier) {
        for (String agent : agents) {
            Part part = parts.get(agent);
            if (part != null) {
                part.heard = ticker.read();
                post.send(agent, new Order.BarrierReleased(number, barrier));
            }
        }
    }

    /** An agent is gone: normally, because its programs have ended, or by death. */
    public void left(String agentId, boolean normally) {
        Part part = parts.get(agentId);
        if (part == null || phase == Phase.OVER) {
            return;
        }
        if (normally || part.hasDone(Phase.COMMITTING)) {
            remove(part);
            advance();
        } else {
            lose(part, "the agent died");
        }
    }

    private void remove(Part part) {
        parts.remove(part.info.agentId());
        if (part.hasDone(Phase.COMMITTING)) {
            committedImages.addAll(part.images);
            anyCommitted = true;
        }
        barriers.leave(part.info.agentId()).ifPresent(barrier -> release(barriers.members(), barrier));
    }

    /** A part fails: before the commit this ends the round, after it the part is in doubt. */
    private void lose(Part part, String reason) {
        String text = part.info.describe() + ": " + reason;
        if (phase != Phase.COMMITTING) {
            abort(new CheckpointResult.Failed(List.of(text)));
            return;
        }
        inDoubt.add(text + "; its images may still have their temporary names");
        remove(part);
        advance();
    }

    /** Ends the round from outside. After the commit was ordered this does nothing: the round ends by itself. */
    public void abort(CheckpointResult why) {
        if (phase == Phase.OVER || phase == Phase.COMMITTING) {
            return;
        }
        tellAll(new Order.Abort(number, describe(why)));
        end(why);
    }

    private static String describe(CheckpointResult why) {
        return switch (why) {
            case CheckpointResult.Refused r -> String.join("; ", r.reasons());
            case CheckpointResult.Failed f -> String.join("; ", f.reasons());
            case CheckpointResult.NoMembers n -> "no program is left";
            case CheckpointResult.AlreadyRunning a -> "another checkpoint is running";
            case CheckpointResult.Started s -> "started";
            case CheckpointResult.Committed c -> "committed";
        };
    }

    private void advance() {
        while (phase != Phase.OVER) {
            if (parts.isEmpty()) {
                endEmpty();
                return;
            }
            Phase current = phase;
            if (!parts.values().stream().allMatch(p -> p.hasDone(current))) {
                checkBarriers();
                return;
            }
            next();
            long now = ticker.read();
            parts.values().forEach(p -> p.heard = now);
        }
    }

    private void next() {
        switch (phase) {
            case SUSPENDING -> phase = Phase.CAPTURING;
            case CAPTURING -> {
                phase = Phase.WRITING;
                tellAll(new Order.Proceed(number));
            }
            case WRITING -> {
                phase = Phase.COMMITTING;
                tellAll(new Order.Commit(
                        number,
                        parts.values().stream().flatMap(p -> p.images.stream()).toList()));
            }
            case COMMITTING -> endCommitted();
            case OVER -> throw new IllegalStateException("the round is over");
        }
    }

    private void endEmpty() {
        if (phase == Phase.COMMITTING && (anyCommitted || !inDoubt.isEmpty())) {
            endCommitted();
        } else {
            end(new CheckpointResult.NoMembers());
        }
    }

    private void endCommitted() {
        if (inDoubt.isEmpty()) {
            parts.values().forEach(p -> committedImages.addAll(p.images));
            end(new CheckpointResult.Committed(generation, committedImages, List.of()));
        } else {
            end(new CheckpointResult.Failed(inDoubt));
        }
    }

    private void end(CheckpointResult how) {
        phase = Phase.OVER;
        result = how;
    }

    private Stream<Part> outstanding() {
        return parts.values().stream().filter(p -> !p.hasDone(phase));
    }

    /** If everybody whose answer is awaited waits in turn at a barrier, nobody will ever come to release them. */
    private void checkBarriers() {
        if (phase == Phase.OVER || phase == Phase.COMMITTING) {
            return;
        }
        List<String> stuck = outstanding()
                .map(p -> barriers.barrierOf(p.info.agentId())
                        .map(b -> p.info.describe() + " waits at " + b)
                        .orElse(""))
                .toList();
        if (!stuck.isEmpty() && stuck.stream().noneMatch(String::isEmpty)) {
            abort(new CheckpointResult.Failed(
                    List.of("the agents do not agree on their barriers: " + String.join(", ", stuck))));
        }
    }

    /** Lets the time that has passed take effect. */
    public void tick() {
        long now = ticker.read();
        for (Part part : silent().toList()) {
            Duration limit = limit();
            if (phase != Phase.OVER && now - part.heard >= limit.toNanos()) {
                lose(part, "no sign of life for " + limit.toSeconds() + " s while " + phaseForPeople());
            }
        }
    }

    /** Nanoseconds until {@link #tick} will have something to do, if nothing else happens. */
    public OptionalLong pause() {
        if (phase == Phase.OVER) {
            return OptionalLong.empty();
        }
        long now = ticker.read();
        return silent().mapToLong(p -> Math.max(0, p.heard + limit().toNanos() - now))
                .min();
    }

    /** Whose sign of life is due: who waits at a barrier is excused, since others keep him waiting. */
    private Stream<Part> silent() {
        return outstanding().filter(p -> barriers.barrierOf(p.info.agentId()).isEmpty());
    }

    private Duration limit() {
        return phase == Phase.SUSPENDING || phase == Phase.CAPTURING ? limits.frozen() : limits.writing();
    }

    private String phaseForPeople() {
        return switch (phase) {
            case SUSPENDING -> "the processes were being suspended";
            case CAPTURING -> "the processes were being captured";
            case WRITING -> "the images were being written";
            case COMMITTING -> "the images were being committed";
            case OVER -> "the round was over";
        };
    }

    private void tellAll(Order order) {
        parts.keySet().forEach(agent -> post.send(agent, order));
    }
}
