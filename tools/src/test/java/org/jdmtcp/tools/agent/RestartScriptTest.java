package org.jdmtcp.tools.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartScriptTest {
    @Test
    void itRunsTheRestartCommandWithItsOptionsAndAllImages(@TempDir final Path directory) throws Exception {
        final Path images = Files.createDirectory(directory.resolve("it's here"));
        RestartScript.write(List.of(images.resolve("ckpt_a_1.dmtcp")), List.of(), "host");
        final Path echo = directory.resolve("echo");
        Files.writeString(echo, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        assertThat(echo.toFile().setExecutable(true)).isTrue();
        final ProcessBuilder script = new ProcessBuilder(
                images.resolve(RestartScript.NAME).toString(), "-p", "7", "--tmpdir", "a b'c", "--no-strict-checking");
        script.environment().put("DMTCP_RESTART", echo.toString());
        final Process process = script.redirectErrorStream(true).start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said.lines())
                .containsExactly("-p", "7", "--tmpdir", "a b'c", "--no-strict-checking", images + "/ckpt_a_1.dmtcp");
    }
}
