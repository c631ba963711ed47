package org.jdmtcp.coordinator;

import org.jdmtcp.coordinator.proto.Timeline;
import org.jdmtcp.coordinator.proto.TimelineStep;

/** Traces as messages and back. */
public final class TraceMessages {
    private TraceMessages() {}

    /** To send. */
    public static Timeline message(final Trace trace) {
        final Timeline.Builder message = Timeline.newBuilder()
                .setKind(trace.kind())
                .setGeneration(trace.generation())
                .setBegunMillis(trace.begunMillis())
                .setNanos(trace.nanos())
                .setFailure(trace.failure());
        for (final Trace.Step step : trace.steps()) {
            message.addSteps(TimelineStep.newBuilder()
                    .setName(step.name())
                    .setPhase(step.isPhase())
                    .setPlugin(step.plugin())
                    .setPid(step.pid())
                    .setStartNanos(step.startNanos())
                    .setNanos(step.nanos()));
        }
        return message.build();
    }

    /** As received. */
    public static Trace trace(final Timeline message) {
        return new Trace(
                message.getKind(),
                message.getGeneration(),
                message.getBegunMillis(),
                message.getNanos(),
                message.getFailure(),
                message.getStepsList().stream()
                        .map(s -> new Trace.Step(
                                s.getName(), s.getPhase(), s.getPlugin(), s.getPid(), s.getStartNanos(), s.getNanos()))
                        .toList());
    }
}
