package org.jdmtcp.tools.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.tools.ExitStatus;

/**
 * What an action came to.
 *
 * @param status for the shell
 * @param lines for people: results
 * @param problems for people: what went wrong and what to do
 * @param details for {@code --json}, beyond what every answer has
 */
public record Outcome(ExitStatus status, List<String> lines, List<String> problems, Map<String, Object> details) {
    public Outcome {
        lines = List.copyOf(lines);
        problems = List.copyOf(problems);
        details = new LinkedHashMap<>(details);
    }

    static Outcome ok(String... lines) {
        return new Outcome(ExitStatus.OK, List.of(lines), List.of(), Map.of());
    }

    static Outcome problem(ExitStatus status, List<String> problems) {
        return new Outcome(status, List.of(), problems, Map.of());
    }

    Outcome with(String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(details);
        more.put(key, value);
        return new Outcome(status, lines, problems, more);
    }
}
