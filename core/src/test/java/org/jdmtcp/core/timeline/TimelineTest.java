package org.jdmtcp.core.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimelineTest {
    private final Timeline timeline = new Timeline(Timeline.Kind.CHECKPOINT).about("c", 3);

    @Test
    void aPhaseEndsWhereTheNextBegins() {
        timeline.phase("one");
        timeline.step("socket", "barrier flight", 0, System.nanoTime() - 5);
        timeline.phase("two");
        timeline.end();
        final Timeline.Report report = timeline.report();
        assertThat(report.steps()).extracting(Timeline.Step::name).containsExactly("one", "barrier flight", "two");
        final Timeline.Step one = report.steps().getFirst();
        assertThat(one.start() + one.nanos())
                .isLessThanOrEqualTo(report.steps().getLast().start());
        assertThat(report.steps().get(1).nanos()).isGreaterThanOrEqualTo(5);
        assertThat(report.nanos()).isGreaterThanOrEqualTo(one.nanos());
        assertThat(timeline.report().nanos()).isEqualTo(report.nanos());
    }

    @Test
    void thePositionIsThePhaseAndTheBarrierInIt() {
        timeline.phase("drain");
        timeline.at("a:x");
        timeline.at("b:y");
        assertThat(timeline.position()).isEqualTo(new Timeline.Position("c", 3, "drain/b:y"));
        timeline.phase("capture");
        assertThat(timeline.position().place()).isEqualTo("capture");
    }

    @Test
    void whatIsGivenUpSaysWhy() {
        timeline.phase("drain");
        timeline.fail(new IllegalStateException("no more"));
        assertThat(timeline.report().failure()).isEqualTo("no more");
        assertThat(timeline.report().steps()).hasSize(1);
    }

    @Test
    void lapsOfPluginsAreSummedUp() {
        final PluginTimes times = new PluginTimes();
        times.start();
        times.lap("fd");
        times.lap("socket");
        times.lap("fd");
        timeline.phase("capture");
        times.addTo(timeline, "open files");
        times.addTo(timeline, "open files");
        assertThat(timeline.report().steps()).extracting(Timeline.Step::plugin).containsExactly("", "fd", "socket");
    }
}
