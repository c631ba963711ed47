package org.jdmtcp.coordinator.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jdmtcp.coordinator.CheckpointImage;
import org.junit.jupiter.api.Test;

class CheckpointRoundTest {
    private final HandTicker ticker = new HandTicker();
    private final List<String> sent = new ArrayList<>();

    private CheckpointRound round(String... agents) {
        return new CheckpointRound(
                7,
                3,
                false,
                Stream.of(agents)
                        .map(a -> new MemberInfo(a, "host", 1, "prog", ""))
                        .toList(),
                RoundLimits.DEFAULT,
                ticker,
                (agent, order) -> sent.add(agent + " " + order.getClass().getSimpleName()));
    }

    private static Answer.Written written(String agent) {
        return new Answer.Written(List.of(new CheckpointImage(agent, "host", "/ckpt/" + agent, 10)));
    }

    private static void all(CheckpointRound round, Answer answer) {
        round.members().forEach(m -> assertThat(round.answer(m, 7, answer)).isEqualTo(Acceptance.ACCEPTED));
    }

    private void upToWriting(CheckpointRound round) {
        all(round, new Answer.Suspended());
        all(round, new Answer.Captured());
    }

    private void upToCommitting(CheckpointRound round) {
        upToWriting(round);
        round.members().forEach(m -> round.answer(m, 7, written(m)));
    }

    @Test
    void aWholeRound() {
        CheckpointRound round = round("a", "b");
        assertThat(sent).containsExactly("a Checkpoint", "b Checkpoint");
        all(round, new Answer.Suspended());
        assertThat(round.answer("a", 7, new Answer.Captured())).isEqualTo(Acceptance.ACCEPTED);
        assertThat(sent).hasSize(2);
        round.answer("b", 7, new Answer.Captured());
        assertThat(sent.subList(2, 4)).containsExactly("a Proceed", "b Proceed");
        round.answer("a", 7, written("a"));
        assertThat(sent).hasSize(4);
        round.answer("b", 7, written("b"));
        assertThat(sent.subList(4, 6)).containsExactly("a Commit", "b Commit");
        all(round, new Answer.Committed());
        CheckpointResult.Committed result =
                (CheckpointResult.Committed) round.result().orElseThrow();
        assertThat(result.images()).extracting(CheckpointImage::path).containsExactly("/ckpt/a", "/ckpt/b");
        assertThat(round.pause()).isEmpty();
    }

    @Test
    void aRefusalAbortsEverywhereWithItsReason() {
        CheckpointRound round = round("a", "b");
        all(round, new Answer.Suspended());
        round.answer("a", 7, new Answer.Refused("fd 5: io_uring"));
        assertThat(sent.subList(2, 4)).containsExactly("a Abort", "b Abort");
        assertThat(round.result())
                .hasValueSatisfying(r -> assertThat(((CheckpointResult.Refused) r).reasons())
                        .singleElement()
                        .asString()
                        .contains("fd 5: io_uring"));
    }

    @Test
    void deathInEachPhaseBeforeTheCommitAborts() {
        for (int phase = 0; phase < 3; phase++) {
            sent.clear();
            CheckpointRound round = round("a", "b");
            if (phase >= 1) {
                all(round, new Answer.Suspended());
            }
            if (phase >= 2) {
                all(round, new Answer.Captured());
                round.answer("a", 7, written("a"));
            }
            round.left("a", false);
            assertThat(round.result()).as("phase %d", phase).containsInstanceOf(CheckpointResult.Failed.class);
            assertThat(sent).contains("b Abort").doesNotContain("b Commit");
        }
    }

    @Test
    void deathAfterTheCommitWasOrderedLeavesItInDoubtAndDoesNotAbort() {
        CheckpointRound round = round("a", "b");
        upToCommitting(round);
        round.left("a", false);
        assertThat(round.result()).isEmpty();
        round.answer("b", 7, new Answer.Committed());
        assertThat(round.result())
                .hasValueSatisfying(
                        r -> assertThat(((CheckpointResult.Failed) r).reasons().getFirst())
                                .contains("temporary names"));
        assertThat(sent).doesNotContain("b Abort");
    }

    @Test
    void deathAfterItsOwnCommitHarmsNothing() {
        CheckpointRound round = round("a", "b");
        upToCommitting(round);
        round.answer("a", 7, new Answer.Committed());
        round.left("a", false);
        round.answer("b", 7, new Answer.Committed());
        assertThat(((CheckpointResult.Committed) round.result().orElseThrow()).images())
                .hasSize(2);
    }

    @Test
    void whoEndsNormallyIsNoLongerPartOfIt() {
        CheckpointRound round = round("a", "b");
        all(round, new Answer.Suspended());
        round.answer("b", 7, new Answer.Captured());
        round.left("a", true);
        assertThat(sent).contains("b Proceed");
        round.left("b", true);
        assertThat(round.result()).containsInstanceOf(CheckpointResult.NoMembers.class);
    }

    @Test
    void repeatedLateAndForeignAnswersAreValues() {
        CheckpointRound round = round("a", "b");
        round.answer("a", 7, new Answer.Suspended());
        assertThat(round.answer("a", 7, new Answer.Suspended())).isEqualTo(Acceptance.DUPLICATE);
        assertThat(round.answer("x", 7, new Answer.Suspended())).isEqualTo(Acceptance.NO_MEMBER);
        assertThat(round.answer("a", 6, new Answer.Suspended())).isEqualTo(Acceptance.LATE);
        round.answer("b", 7, new Answer.Failed("no space"));
        assertThat(round.answer("a", 7, new Answer.Captured())).isEqualTo(Acceptance.LATE);
    }

    @Test
    void whatCannotBeTrueYetFailsTheRound() {
        CheckpointRound round = round("a", "b");
        assertThat(round.answer("a", 7, written("a"))).isEqualTo(Acceptance.OUT_OF_ORDER);
        assertThat(round.result()).containsInstanceOf(CheckpointResult.Failed.class);
    }

    @Test
    void silenceFailsAndProgressPutsItOff() {
        CheckpointRound round = round("a", "b");
        upToWriting(round);
        round.answer("b", 7, written("b"));
        for (int i = 0; i < 10; i++) {
            ticker.advance(Duration.ofSeconds(29));
            assertThat(round.answer("a", 7, new Answer.Progress(i))).isEqualTo(Acceptance.ACCEPTED);
            round.tick();
        }
        assertThat(round.result()).isEmpty();
        assertThat(round.pause()).hasValue(Duration.ofSeconds(30).toNanos());
        ticker.advance(Duration.ofSeconds(30));
        round.tick();
        assertThat(round.result())
                .hasValueSatisfying(
                        r -> assertThat(((CheckpointResult.Failed) r).reasons().getFirst())
                                .contains("agent a", "30 s"));
    }

    @Test
    void silenceWhileCommittingEndsTheRoundToo() {
        CheckpointRound round = round("a");
        upToCommitting(round);
        ticker.advance(Duration.ofSeconds(30));
        round.tick();
        assertThat(round.result()).containsInstanceOf(CheckpointResult.Failed.class);
    }

    @Test
    void aBarrierOpensWhenAllAreThereAndExcusesWhoWaits() {
        CheckpointRound round = round("a", "b");
        round.answer("a", 7, new Answer.Suspended());
        round.barrier("a", 7, "suspended");
        ticker.advance(Duration.ofSeconds(59));
        round.answer("b", 7, new Answer.Progress(0));
        ticker.advance(Duration.ofSeconds(59));
        round.tick();
        assertThat(round.result()).isEmpty();
        round.answer("b", 7, new Answer.Suspended());
        round.barrier("b", 7, "suspended");
        assertThat(sent).contains("a BarrierReleased", "b BarrierReleased");
    }

    @Test
    void aBarrierOpensWhenTheLastMissingMemberEndsNormally() {
        CheckpointRound round = round("a", "b", "c");
        round.barrier("a", 7, "x");
        round.barrier("b", 7, "x");
        round.left("c", true);
        assertThat(sent).contains("a BarrierReleased", "b BarrierReleased");
    }

    @Test
    void disagreeingBarriersFailAtOnce() {
        CheckpointRound round = round("a", "b");
        round.barrier("a", 7, "x");
        round.barrier("b", 7, "y");
        assertThat(round.result())
                .hasValueSatisfying(
                        r -> assertThat(((CheckpointResult.Failed) r).reasons().getFirst())
                                .contains("waits at x", "waits at y"));
    }
}
