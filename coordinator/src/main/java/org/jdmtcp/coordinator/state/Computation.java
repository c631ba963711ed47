package org.jdmtcp.coordinator.state;

import com.google.common.base.Ticker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.Trace;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agents of one computation and what goes on among them: membership, one checkpoint at a time, kills, lists.
 *
 * <p>Not thread-safe: one thread calls everything, after each call asks {@link #pause} and calls {@link #tick} when that time is
 * over. Callbacks are called from within these methods.
 *
 * <p>INVARIANT: every callback is called once, within the bounds of the {@link ComputationSettings}.
 */
public final class Computation {
    private static final Logger LOG = LoggerFactory.getLogger(Computation.class);

    private static final class Member {
        final MemberInfo info;
        List<ProcessInfo> processes = List.of();
        long answeredRequest;
        Optional<Trace> trace = Optional.empty();

        Member(MemberInfo info) {
            this.info = info;
        }
    }

    /** Who waits for a round to begin. */
    private record Waiter(boolean kill, Consumer<CheckpointResult> done) {}

    private final ComputationSettings settings;
    private final Ticker ticker;
    private final Post post;
    private final Supplier<String> ids;
    private final Intervals intervals;
    private final KeyValues values = new KeyValues();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final List<Consumer<CheckpointResult>> roundWaiters = new ArrayList<>();
    private final List<Roll> kills = new ArrayList<>();
    private final Map<Long, Roll> lists = new LinkedHashMap<>();
    private @Nullable CheckpointRound round;
    private String computationId = "";
    private long generation;
    private long lastRound;
    private long lastRequest;

    /** {@code ids} makes the identifier of a new computation. */
    public Computation(ComputationSettings settings, Ticker ticker, Post post, Supplier<String> ids) {
        this.settings = settings;
        this.ticker = ticker;
        this.post = post;
        this.ids = ids;
        this.intervals = new Intervals(ticker, settings.intervalSeconds());
    }

    /**
     * An agent wants to join.
     *
     * @param wanted the computation that it belongs to already, or empty
     * @param restartedFrom the generation of its images, 0 for none
     */
    public JoinResult join(MemberInfo info, String wanted, long restartedFrom) {
        left(info.agentId(), false); // what is known under this id is the connection that broke off
        if (members.isEmpty() && (wanted.isEmpty() || !wanted.equals(computationId))) {
            computationId = wanted.isEmpty() ? ids.get() : wanted;
            generation = 0;
            values.clear();
        } else if (!wanted.isEmpty() && !wanted.equals(computationId)) {
            LOG.warn("{} belongs to computation {} and was not taken in", info.describe(), wanted);
            return new JoinResult.Rejected("this coordinator has computation " + computationId + ", and "
                    + info.program() + " belongs to computation " + wanted
                    + "; restart it with a coordinator of its own (--new-coordinator)");
        }
        generation = Math.max(generation, restartedFrom);
        if (members.isEmpty()) {
            intervals.restart();
        }
        members.put(info.agentId(), new Member(info));
        LOG.info("{} on {} joined computation {}", info.describe(), info.host(), computationId);
        return new JoinResult.Joined(computationId, generation, intervals.seconds());
    }

    /** An agent is gone: normally, because its programs have ended, or by death. Unknown agents are ignored. */
    public void left(String agentId, boolean normally) {
        Member member = members.remove(agentId);
        if (member == null) {
            return;
        }
        LOG.info("{} {}", member.info.describe(), normally ? "left" : "died or lost its connection");
        if (round != null) {
            round.left(agentId, normally);
        }
        kills.forEach(kill -> kill.check(agentId));
        lists.values().forEach(list -> list.check(agentId));
        settle();
    }

    /** An agent's answer in a round. */
    public Acceptance answer(String agentId, long roundNumber, Answer answer) {
        Acceptance acceptance = round == null ? Acceptance.LATE : round.answer(agentId, roundNumber, answer);
        LOG.debug("{} from {} for round {}: {}", answer, agentId, roundNumber, acceptance);
        settle();
        return acceptance;
    }

    /** An agent waits at a barrier. */
    public Acceptance barrier(String agentId, long roundNumber, String barrier) {
        Acceptance acceptance = round == null ? Acceptance.LATE : round.barrier(agentId, roundNumber, barrier);
        LOG.debug("{} waits at {} of round {}: {}", agentId, barrier, roundNumber, acceptance);
        settle();
        return acceptance;
    }

    /** An agent tells its processes. */
    public void processes(String agentId, long request, List<ProcessInfo> processes) {
        Member member = members.get(agentId);
        if (member != null) {
            member.processes = List.copyOf(processes);
            member.answeredRequest = request;
        }
        Roll list = lists.get(request);
        if (list != null) {
            list.check(agentId);
        }
        settle();
    }

    /** Begins a checkpoint now, or says why not. */
    public CheckpointResult start() {
        if (busy()) {
            return new CheckpointResult.AlreadyRunning();
        }
        if (members.isEmpty()) {
            return new CheckpointResult.NoMembers();
        }
        CheckpointRound begun = begin(false);
        settle();
        return new CheckpointResult.Started(begun.generation());
    }

    /**
     * Takes a checkpoint that begins after this call, and tells when it is over. Those who wait for the same beginning share it.
     *
     * @param kill whether the members are killed after the commit; the callback then comes when they are gone
     */
    public void checkpoint(boolean kill, Consumer<CheckpointResult> done) {
        waiters.add(new Waiter(kill, done));
        settle();
    }

    private boolean busy() {
        return round != null || !kills.isEmpty();
    }

    private CheckpointRound begin(boolean kill) {
        intervals.restart();
        values.beginRound(++lastRound);
        List<MemberInfo> infos = members.values().stream().map(m -> m.info).toList();
        LOG.info("checkpoint {} begins with {} members", generation + 1, infos.size());
        boolean killAfter = kill || settings.killAfterCheckpoint();
        CheckpointRound begun =
                new CheckpointRound(lastRound, generation + 1, killAfter, infos, settings.limits(), ticker, post);
        round = begun;
        return begun;
    }

    /** Ends what is over and begins what may begin; called after every change. */
    private void settle() {
        if (round != null && round.result().isPresent()) {
            CheckpointRound over = round;
            round = null;
            finish(over, over.result().orElseThrow());
        }
        List.copyOf(lists.values()).stream().filter(Roll::settle).forEach(lists.values()::remove);
        List.copyOf(kills).stream().filter(Roll::settle).forEach(kills::remove);
        if (!waiters.isEmpty() && !busy()) {
            beginForWaiters();
        }
    }

    private void beginForWaiters() {
        List<Waiter> now = List.copyOf(waiters);
        waiters.clear();
        if (members.isEmpty()) {
            now.forEach(w -> w.done().accept(new CheckpointResult.NoMembers()));
            return;
        }
        now.forEach(w -> roundWaiters.add(w.done()));
        begin(now.stream().anyMatch(Waiter::kill));
        settle();
    }

    private void finish(CheckpointRound over, CheckpointResult result) {
        List<Consumer<CheckpointResult>> tell = List.copyOf(roundWaiters);
        roundWaiters.clear();
        if (!(result instanceof CheckpointResult.Committed committed)) {
            LOG.warn("checkpoint {} was not taken: {}", over.generation(), result);
            tell.forEach(t -> t.accept(result));
            return;
        }
        generation = over.generation();
        LOG.info(
                "checkpoint {} is committed, {} images",
                generation,
                committed.images().size());
        if (!over.killAfter()) {
            tell.forEach(t -> t.accept(result));
            return;
        }
        kill(
                over.members(),
                killed -> tell.forEach(t -> t.accept(
                        new CheckpointResult.Committed(committed.generation(), committed.images(), killed.notGone()))));
    }

    /** Kills all members; a round that is going on is aborted. Tells when they have left, or who has not within the bound. */
    public void kill(Consumer<KillResult> done) {
        if (round != null) {
            round.abort(new CheckpointResult.Failed(List.of("the computation is being killed by command")));
        }
        kill(members.keySet(), done);
        settle();
    }

    private void kill(Collection<String> agents, Consumer<KillResult> done) {
        List<String> present = agents.stream().filter(members::containsKey).toList();
        present.forEach(agent -> post.send(agent, new Order.Kill()));
        kills.add(new Roll(present, settings.killBound(), ticker, missing -> {
            List<String> notGone = missing.stream().map(this::describe).toList();
            done.accept(new KillResult(present.size() - notGone.size(), notGone));
        }));
    }

    private String describe(String agentId) {
        Member member = members.get(agentId);
        return member == null ? agentId : member.info.describe();
    }

    /** Asks every agent for its processes and tells what is known after that. */
    public void status(Consumer<ComputationStatus> done) {
        long request = ++lastRequest;
        lists.put(
                request,
                new Roll(
                        members.keySet(),
                        settings.listBound(),
                        ticker,
                        missing -> done.accept(status(request, missing))));
        Set.copyOf(members.keySet()).forEach(agent -> post.send(agent, new Order.ListProcesses(request)));
        settle();
    }

    private ComputationStatus status(long request, Set<String> missing) {
        List<ComputationStatus.Member> list = members.values().stream()
                .map(m -> new ComputationStatus.Member(
                        m.info, m.answeredRequest >= request && !missing.contains(m.info.agentId()), m.processes))
                .toList();
        return new ComputationStatus(
                !members.isEmpty() && round == null, intervals.seconds(), computationId, generation, list);
    }

    /** Asks every agent how its last checkpoint or restart went, and tells what they say. */
    public void traces(Consumer<List<AgentTrace>> done) {
        long request = ++lastRequest;
        members.values().forEach(m -> m.trace = Optional.empty());
        lists.put(
                request,
                new Roll(
                        members.keySet(),
                        settings.listBound(),
                        ticker,
                        missing -> done.accept(members.values().stream()
                                .map(m -> new AgentTrace(m.info, m.trace))
                                .toList())));
        Set.copyOf(members.keySet()).forEach(agent -> post.send(agent, new Order.TellTrace(request)));
        settle();
    }

    /** An agent tells how its last checkpoint or restart went. */
    public void trace(String agentId, long request, Optional<Trace> trace) {
        Member member = members.get(agentId);
        if (member != null) {
            member.trace = trace;
        }
        Roll list = lists.get(request);
        if (list != null) {
            list.check(agentId);
        }
        settle();
    }

    /** In seconds; 0 for never. */
    public void setInterval(long seconds) {
        intervals.set(seconds);
        LOG.info("the interval is {} s now", seconds);
    }

    /** The shared values. */
    public KeyValues values() {
        return values;
    }

    /** Its id; empty before the first agent has joined. */
    public String id() {
        return computationId;
    }

    /** Number of the checkpoint that is being made, else of the last one. */
    public long currentGeneration() {
        return round == null ? generation : round.generation();
    }

    /** How many agents there are. */
    public int memberCount() {
        return members.size();
    }

    /** Whether a command is still to be answered. */
    public boolean owesAnswers() {
        return !waiters.isEmpty() || !roundWaiters.isEmpty() || !kills.isEmpty();
    }

    /** Lets the time that has passed take effect. */
    public void tick() {
        if (round != null) {
            round.tick();
        }
        settle();
        if (members.isEmpty() || !intervals.isDue()) {
            return;
        }
        if (busy()) {
            intervals.restart();
        } else {
            begin(false);
            settle();
        }
    }

    /** Nanoseconds until {@link #tick} will have something to do, if nothing else happens. */
    public OptionalLong pause() {
        Stream<OptionalLong> pauses = Stream.concat(
                Stream.of(
                        members.isEmpty() ? OptionalLong.empty() : intervals.pause(),
                        round == null ? OptionalLong.empty() : round.pause()),
                Stream.concat(kills.stream(), lists.values().stream()).map(Roll::pause));
        return pauses.flatMapToLong(OptionalLong::stream).min();
    }
}
