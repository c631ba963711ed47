package org.jdmtcp.tools.agent;

import java.util.Locale;
import org.jdmtcp.coordinator.Trace;
import org.jdmtcp.core.timeline.Timeline;

/** The engine's timelines, as the coordinator passes them on. */
final class Traces {
    private Traces() {}

    static Trace trace(final Timeline.Report report) {
        return new Trace(
                report.kind().name().toLowerCase(Locale.ROOT),
                report.last().generation(),
                report.begun().toEpochMilli(),
                report.nanos(),
                report.failure(),
                report.steps().stream()
                        .map(s -> new Trace.Step(s.name(), s.isPhase(), s.plugin(), s.pid(), s.start(), s.nanos()))
                        .toList());
    }
}
