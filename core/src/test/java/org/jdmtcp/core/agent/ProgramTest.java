package org.jdmtcp.core.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jdmtcp.core.plugin.PluginSelection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Finding and starting programs. One agent only: it reaps this JVM's children. */
class ProgramTest {
    private static Program program(final String path, final String... arguments) {
        return new Program(List.of(arguments), new Inheritance(List.of("PATH=" + path), 0, 0));
    }

    @Test
    void candidatesAreThoseOfThePath() {
        assertThat(program("/a::/b", "x").candidates()).containsExactly("/a/x", "x", "/b/x");
        assertThat(program("/a", "./x").candidates()).containsExactly("./x");
    }

    @Test
    void whatIsMissingAndWhatCannotBeExecutedDiffer(@TempDir final Path directory) throws Exception {
        Files.writeString(directory.resolve("plain"), "text");
        assertThatExceptionOfType(ProgramException.class)
                .isThrownBy(() -> program(directory.toString(), "missing").start())
                .matches(e -> !e.found());
        assertThatExceptionOfType(ProgramException.class)
                .isThrownBy(() -> program(directory.toString(), "plain").start())
                .matches(ProgramException::found);
    }

    @Test
    void exitStatusArrives() throws Exception {
        try (Agent agent = new Agent(pid -> false, PluginSelection.INSTALLED)) {
            agent.spawn(program("/bin:/usr/bin", "sh", "-c", "kill -9 $$"));
            assertThat(agent.end().get(20, TimeUnit.SECONDS)).isEqualTo(new WaitStatus.Killed(9));
            assertThat(agent.end().join().exitStatus()).isEqualTo(137);
        }
    }
}
