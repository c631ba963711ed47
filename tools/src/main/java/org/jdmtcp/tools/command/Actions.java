package org.jdmtcp.tools.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.coordinator.CheckpointImage;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.ProcessInfo;
import org.jdmtcp.coordinator.command.CheckpointMode;
import org.jdmtcp.coordinator.command.CommandClient;
import org.jdmtcp.coordinator.command.CoordinatorStatus;
import org.jdmtcp.coordinator.state.CheckpointResult;
import org.jdmtcp.coordinator.state.ComputationStatus;
import org.jdmtcp.coordinator.state.KillResult;
import org.jdmtcp.tools.ExitStatus;

/** Does an action with a coordinator and puts the result into words. */
public final class Actions {
    private final CommandClient client;

    public Actions(CommandClient client) {
        this.client = client;
    }

    /** {@code seconds} is for {@link Action#INTERVAL} only. */
    public Outcome run(Action action, long seconds) throws CoordinatorException {
        return switch (action) {
            case STATUS -> status(client.status());
            case LIST -> list(client.status());
            case TRACE -> new TraceText(client.traces()).outcome();
            case CHECKPOINT -> checkpoint(client.checkpoint(CheckpointMode.START));
            case BLOCKING_CHECKPOINT -> checkpoint(client.checkpoint(CheckpointMode.WAIT));
            case KILLING_CHECKPOINT -> checkpoint(client.checkpoint(CheckpointMode.KILL));
            case INTERVAL -> {
                client.setInterval(seconds);
                yield Outcome.ok(seconds == 0 ? "No automatic checkpoints." : "A checkpoint every " + seconds + " s.");
            }
            case KILL -> kill(client.kill(false));
            case QUIT -> kill(client.kill(true));
        };
    }

    private static Outcome status(CoordinatorStatus status) {
        ComputationStatus computation = status.computation();
        return Outcome.ok(
                "Processes:           " + status.processCount(),
                "Running:             " + (computation.running() ? "yes" : "no"),
                "Checkpoint interval: "
                        + (computation.intervalSeconds() == 0 ? "none" : computation.intervalSeconds() + " s"),
                "Checkpoints taken:   " + computation.generation(),
                "Computation:         "
                        + (computation.computationId().isEmpty() ? "none" : computation.computationId()),
                "Coordinator pid:     " + status.pid());
    }

    private static Outcome list(CoordinatorStatus status) {
        List<String> lines = new ArrayList<>();
        List<Object> processes = new ArrayList<>();
        lines.add(
                String.format("%-28s %-16s %8s %8s  %-16s %s", "AGENT", "HOST", "PID", "REALPID", "PROGRAM", "STATE"));
        for (ComputationStatus.Member member : status.computation().members()) {
            for (ProcessInfo p : member.processes()) {
                String state = member.answered() ? p.state() : "(agent busy)";
                lines.add(String.format(
                        "%-28s %-16s %8d %8d  %-16s %s",
                        member.info().agentId(), member.info().host(), p.pid(), p.realPid(), p.program(), state));
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("agent", member.info().agentId());
                json.put("host", member.info().host());
                json.put("pid", p.pid());
                json.put("real_pid", p.realPid());
                json.put("program", p.program());
                json.put("state", state);
                processes.add(json);
            }
        }
        return new Outcome(ExitStatus.OK, lines, List.of(), Map.of("processes", processes));
    }

    private static Outcome checkpoint(CheckpointResult result) {
        return switch (result) {
            case CheckpointResult.Started s ->
                Outcome.ok("Checkpoint " + s.generation() + " has begun.").with("generation", s.generation());
            case CheckpointResult.Committed c -> committed(c);
            case CheckpointResult.AlreadyRunning a ->
                Outcome.problem(
                        ExitStatus.NOT_RUNNING,
                        List.of("a checkpoint is already running; -bc waits for its end and then takes another"));
            case CheckpointResult.NoMembers n ->
                Outcome.problem(
                        ExitStatus.NOT_RUNNING,
                        List.of("there is no program to checkpoint; start one with dmtcp_launch"));
            case CheckpointResult.Refused r -> Outcome.problem(ExitStatus.REFUSED, r.reasons());
            case CheckpointResult.Failed f -> Outcome.problem(ExitStatus.CHECKPOINT_FAILED, f.reasons());
        };
    }

    private static Outcome committed(CheckpointResult.Committed c) {
        List<String> lines = new ArrayList<>();
        lines.add("Checkpoint " + c.generation() + " is safe.");
        c.images().forEach(i -> lines.add(i.path() + "  " + i.bytes() + " bytes"));
        List<String> problems = notGone(c.notGone());
        List<String> paths = c.images().stream().map(CheckpointImage::path).toList();
        ExitStatus status = problems.isEmpty() ? ExitStatus.OK : ExitStatus.NOT_GONE;
        return new Outcome(status, lines, problems, Map.of())
                .with("generation", c.generation())
                .with("images", paths);
    }

    private static Outcome kill(KillResult result) {
        List<String> problems = notGone(result.notGone());
        ExitStatus status = problems.isEmpty() ? ExitStatus.OK : ExitStatus.NOT_GONE;
        return new Outcome(status, List.of("Programs ended: " + result.killed()), problems, Map.of());
    }

    private static List<String> notGone(List<String> names) {
        return names.stream()
                .map(n -> n + " has not ended yet; kill it by hand")
                .toList();
    }
}
