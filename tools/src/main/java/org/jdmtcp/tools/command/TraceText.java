package org.jdmtcp.tools.command;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdmtcp.coordinator.Trace;
import org.jdmtcp.coordinator.state.AgentTrace;
import org.jdmtcp.tools.ExitStatus;

/** The timelines of the last checkpoint or restart, in words: a block of lines for each agent. */
final class TraceText {
    private static final double NANOS_PER_MILLI = 1e6;
    /** What took less is left out for people. */
    private static final long SHORTEST_STEP = 10_000;

    private final List<AgentTrace> agents;

    TraceText(List<AgentTrace> agents) {
        this.agents = agents;
    }

    Outcome outcome() {
        if (agents.isEmpty()) {
            return Outcome.problem(ExitStatus.NOT_RUNNING, List.of("there is no program; start one with dmtcp_launch"));
        }
        List<String> lines = new ArrayList<>();
        List<Object> json = new ArrayList<>();
        for (AgentTrace agent : agents) {
            json.add(json(agent));
            String who = agent.info().program() + " on " + agent.info().host() + " (agent "
                    + agent.info().pid() + ")";
            agent.trace()
                    .ifPresentOrElse(
                            trace -> describe(who, trace, lines),
                            () -> lines.add("No checkpoint or restart yet of " + who + "."));
        }
        return new Outcome(ExitStatus.OK, lines, List.of(), Map.of("trace", json));
    }

    private static void describe(String who, Trace trace, List<String> lines) {
        lines.add(String.format(
                Locale.ROOT,
                "%s %d of %s, %s, %.3f ms",
                trace.kind().equals("restart") ? "Restart from checkpoint" : "Checkpoint",
                trace.generation(),
                who,
                Instant.ofEpochMilli(trace.begunMillis()),
                millis(trace.nanos())));
        if (!trace.failure().isEmpty()) {
            lines.add("  given up: " + trace.failure());
        }
        lines.add(String.format("%12s %12s  %s", "START ms", "TIME ms", "PHASE, and what it is made of"));
        trace.steps().stream()
                .filter(step -> step.isPhase() || step.nanos() >= SHORTEST_STEP)
                .map(TraceText::line)
                .forEach(lines::add);
    }

    private static String line(Trace.Step step) {
        return String.format(
                Locale.ROOT,
                "%12.3f %12.3f  %s%s%s%s",
                millis(step.startNanos()),
                millis(step.nanos()),
                step.isPhase() ? "" : "    ",
                step.plugin().isEmpty() ? "" : step.plugin() + ": ",
                step.name(),
                step.pid() == 0 ? "" : " (pid " + step.pid() + ")");
    }

    private static double millis(long nanos) {
        return nanos / NANOS_PER_MILLI;
    }

    private static Map<String, Object> json(AgentTrace agent) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("agent", agent.info().agentId());
        json.put("host", agent.info().host());
        json.put("agent_pid", agent.info().pid());
        json.put("program", agent.info().program());
        agent.trace().ifPresent(trace -> {
            json.put("kind", trace.kind());
            json.put("generation", trace.generation());
            json.put("begun_ms", trace.begunMillis());
            json.put("nanos", trace.nanos());
            if (!trace.failure().isEmpty()) {
                json.put("failure", trace.failure());
            }
            json.put("steps", trace.steps().stream().map(TraceText::json).toList());
        });
        return json;
    }

    private static Map<String, Object> json(Trace.Step step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(step.isPhase() ? "phase" : "step", step.name());
        if (!step.plugin().isEmpty()) {
            json.put("plugin", step.plugin());
        }
        if (step.pid() != 0) {
            json.put("pid", step.pid());
        }
        json.put("start_nanos", step.startNanos());
        json.put("nanos", step.nanos());
        return json;
    }
}
