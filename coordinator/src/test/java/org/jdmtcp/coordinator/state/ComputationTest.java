package org.jdmtcp.coordinator.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.Trace;
import org.junit.jupiter.api.Test;

class ComputationTest {
    private final HandTicker ticker = new HandTicker();
    private final List<Order> sent = new ArrayList<>();
    private final List<CheckpointResult> results = new ArrayList<>();
    private final Computation computation =
            new Computation(ComputationSettings.DEFAULT, ticker, (agent, order) -> sent.add(order), () -> "fresh");

    private JoinResult join(String agent, String wanted, long generation) {
        return computation.join(new MemberInfo(agent, "host", 1, "prog", ""), wanted, generation);
    }

    private void runRound(long round) {
        for (Answer answer : List.of(
                new Answer.Suspended(), new Answer.Captured(), new Answer.Written(List.of()), new Answer.Committed())) {
            computation.answer("a", round, answer);
        }
    }

    @Test
    void generationsCountCommittedCheckpointsOnly() {
        join("a", "", 0);
        computation.checkpoint(false, results::add);
        computation.answer("a", 1, new Answer.Refused("no"));
        computation.checkpoint(false, results::add);
        runRound(2);
        assertThat(results.get(0)).isInstanceOf(CheckpointResult.Refused.class);
        assertThat(results.get(1)).isEqualTo(new CheckpointResult.Committed(1, List.of(), List.of()));
    }

    @Test
    void aRestartedComputationKeepsItsNameAndCount() {
        assertThat(join("a", "old", 4)).isEqualTo(new JoinResult.Joined("old", 4, 0));
        assertThat(join("b", "other", 1)).isInstanceOf(JoinResult.Rejected.class);
        assertThat(join("c", "", 0)).isEqualTo(new JoinResult.Joined("old", 4, 0));
        computation.left("a", true);
        computation.left("c", true);
        assertThat(join("d", "", 0)).isEqualTo(new JoinResult.Joined("fresh", 0, 0));
    }

    @Test
    void oneAtATime() {
        assertThat(computation.start()).isInstanceOf(CheckpointResult.NoMembers.class);
        join("a", "", 0);
        assertThat(computation.start()).isEqualTo(new CheckpointResult.Started(1));
        assertThat(computation.start()).isInstanceOf(CheckpointResult.AlreadyRunning.class);
        computation.checkpoint(false, results::add);
        computation.checkpoint(false, results::add);
        runRound(1);
        assertThat(results).isEmpty();
        runRound(2);
        assertThat(results).hasSize(2).allMatch(r -> ((CheckpointResult.Committed) r).generation() == 2);
    }

    @Test
    void whoJoinsInTheMiddleIsNotPartOfTheRound() {
        join("a", "", 0);
        computation.checkpoint(false, results::add);
        join("b", "", 0);
        assertThat(computation.answer("b", 1, new Answer.Suspended())).isEqualTo(Acceptance.NO_MEMBER);
        runRound(1);
        assertThat(results).singleElement().isInstanceOf(CheckpointResult.Committed.class);
    }

    @Test
    void killingCheckpointAnswersWhenTheyAreGone() {
        join("a", "", 0);
        computation.checkpoint(true, results::add);
        runRound(1);
        assertThat(sent).last().isEqualTo(new Order.Kill());
        assertThat(results).isEmpty();
        computation.left("a", true);
        assertThat(results).singleElement().isEqualTo(new CheckpointResult.Committed(1, List.of(), List.of()));
    }

    @Test
    void whoDoesNotDieIsNamedAfterTheBound() {
        join("a", "", 0);
        List<KillResult> killed = new ArrayList<>();
        computation.kill(killed::add);
        assertThat(computation.pause()).hasValue(Duration.ofSeconds(10).toNanos());
        ticker.advance(Duration.ofSeconds(10));
        computation.tick();
        assertThat(killed).singleElement().isEqualTo(new KillResult(0, List.of("prog (agent a)")));
        assertThat(computation.owesAnswers()).isFalse();
    }

    @Test
    void killAbortsTheRound() {
        join("a", "", 0);
        computation.checkpoint(false, results::add);
        List<KillResult> killed = new ArrayList<>();
        computation.kill(killed::add);
        assertThat(results).singleElement().isInstanceOf(CheckpointResult.Failed.class);
        computation.left("a", true);
        assertThat(killed).singleElement().isEqualTo(new KillResult(1, List.of()));
    }

    @Test
    void statusWaitsOneSecondForTheSilent() {
        join("a", "", 0);
        join("b", "", 0);
        List<ComputationStatus> status = new ArrayList<>();
        computation.status(status::add);
        computation.processes("a", 1, List.of(new ProcessInfo(5, 5, "sh", "running")));
        assertThat(status).isEmpty();
        ticker.advance(Duration.ofSeconds(1));
        computation.tick();
        assertThat(status).singleElement().satisfies(s -> {
            assertThat(s.running()).isTrue();
            assertThat(s.members())
                    .extracting(ComputationStatus.Member::answered)
                    .containsExactly(true, false);
            assertThat(s.members().getFirst().processes()).hasSize(1);
        });
    }

    @Test
    void tracesAreThoseOfWhoAnswers() {
        join("a", "", 0);
        join("b", "", 0);
        List<List<AgentTrace>> told = new ArrayList<>();
        computation.traces(told::add);
        assertThat(sent).last().isEqualTo(new Order.TellTrace(1));
        Trace trace = new Trace("checkpoint", 3, 0, 7, "", List.of(new Trace.Step("drain", true, "", 0, 1, 2)));
        computation.trace("a", 1, Optional.of(trace));
        assertThat(told).isEmpty();
        ticker.advance(Duration.ofSeconds(1));
        computation.tick();
        assertThat(told)
                .singleElement()
                .satisfies(all -> assertThat(all)
                        .extracting(AgentTrace::trace)
                        .containsExactly(Optional.of(trace), Optional.empty()));
    }

    @Test
    void aReconnectionEndsTheOldMembership() {
        join("a", "", 0);
        computation.checkpoint(false, results::add);
        join("a", "fresh", 0);
        assertThat(results).singleElement().isInstanceOf(CheckpointResult.Failed.class);
        assertThat(computation.memberCount()).isEqualTo(1);
    }

    @Test
    void intervalsBeginCheckpointsAndSkipWhileOneRuns() {
        join("a", "", 0);
        computation.setInterval(5);
        assertThat(computation.pause()).hasValue(Duration.ofSeconds(5).toNanos());
        ticker.advance(Duration.ofSeconds(5));
        computation.tick();
        assertThat(sent).containsExactly(new Order.Checkpoint(1, 1, false, 1));
        ticker.advance(Duration.ofSeconds(5));
        computation.tick();
        assertThat(sent).hasSize(1);
        runRound(1);
        ticker.advance(Duration.ofSeconds(5));
        computation.tick();
        assertThat(sent).last().isEqualTo(new Order.Checkpoint(2, 2, false, 1));
        computation.setInterval(0);
        runRound(2);
        assertThat(computation.pause()).isEmpty();
    }

    @Test
    void valuesOfARoundGoWithTheNext() throws Exception {
        KeyValues values = computation.values();
        KeyValues.Key lasting = new KeyValues.Key(0, "d", "k");
        KeyValues.Key passing = new KeyValues.Key(1, "d", "k");
        assertThat(values.update(ValueOperator.INCRBY, lasting, 1)).isEqualTo(1);
        assertThat(values.update(ValueOperator.INCRBY, lasting, 1)).isEqualTo(2);
        assertThat(values.update(ValueOperator.MIN, passing, 9)).isEqualTo(9);
        assertThat(values.update(ValueOperator.MIN, passing, 4)).isEqualTo(4);
        values.beginRound(2);
        assertThat(values.get(passing)).isEmpty();
        assertThat(values.get(lasting)).contains(new byte[] {'2'});
    }

    @Test
    void lifetimeEndsByItsRules() {
        Lifetime last = new Lifetime(ticker, new Lifetime.Rules(true, Optional.empty(), Optional.empty()));
        assertThat(last.over()).isEmpty();
        last.members(1);
        last.members(0);
        assertThat(last.over()).isPresent();
        Lifetime stale =
                new Lifetime(ticker, new Lifetime.Rules(false, Optional.empty(), Optional.of(Duration.ofHours(8))));
        stale.members(1);
        ticker.advance(Duration.ofHours(9));
        assertThat(stale.over()).isEmpty();
        assertThat(stale.pause()).isEmpty();
        stale.members(0);
        assertThat(stale.pause()).hasValue(Duration.ofHours(8).toNanos());
        ticker.advance(Duration.ofHours(8));
        assertThat(stale.over()).isPresent();
    }
}
