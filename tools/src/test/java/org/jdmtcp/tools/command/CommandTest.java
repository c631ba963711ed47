package org.jdmtcp.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.tools.ExitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class CommandTest {
    private static Command.Request parse(String... arguments) {
        CommandLine line = Command.commandLine();
        line.parseArgs(arguments);
        return ((Command) line.getCommand()).request();
    }

    @ParameterizedTest
    @CsvSource({
        "-s, STATUS",
        "--status, STATUS",
        "s, STATUS",
        "-l, LIST",
        "--list, LIST",
        "-c, CHECKPOINT",
        "--checkpoint, CHECKPOINT",
        "-bc, BLOCKING_CHECKPOINT",
        "--bcheckpoint, BLOCKING_CHECKPOINT",
        "bc, BLOCKING_CHECKPOINT",
        "-kc, KILLING_CHECKPOINT",
        "--kcheckpoint, KILLING_CHECKPOINT",
        "kc, KILLING_CHECKPOINT",
        "-k, KILL",
        "--kill, KILL",
        "k, KILL",
        "-q, QUIT",
        "--quit, QUIT"
    })
    void eachOptionIsItsAction(String option, Action action) {
        assertThat(parse("-h", "localhost", "-p", "7", option)).isEqualTo(new Command.Request(action, 0));
    }

    @Test
    void theIntervalTakesSeconds() {
        assertThat(parse("-i", "5")).isEqualTo(new Command.Request(Action.INTERVAL, 5));
        assertThat(parse("--interval", "0")).isEqualTo(new Command.Request(Action.INTERVAL, 0));
        assertThat(parse("i", "5")).isEqualTo(new Command.Request(Action.INTERVAL, 5));
        assertThatThrownBy(() -> parse("i")).isInstanceOf(ParameterException.class);
        assertThatThrownBy(() -> parse("-i", "-1")).isInstanceOf(ParameterException.class);
    }

    @Test
    void exactlyOneCommand() {
        assertThatThrownBy(() -> parse()).hasMessageContaining("exactly one");
        assertThatThrownBy(() -> parse("-s", "-k")).hasMessageContaining("exactly one");
        assertThatThrownBy(() -> parse("x")).hasMessageContaining("no command x");
        assertThat(Command.run("-b")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(Command.run("--help")).isZero();
    }

    @Test
    void jsonIsWellFormed() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a \"quoted\"\n\u00e9");
        map.put("number", 5L);
        map.put("bool", true);
        map.put("list", List.of("x", Map.of()));
        assertThat(Json.write(map))
                .isEqualTo(
                        "{\"text\": \"a \\\"quoted\\\"\\u000a\\u00e9\", \"number\": 5, \"bool\": true, \"list\": [\"x\", {}]}");
    }
}
