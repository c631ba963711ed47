package org.jdmtcp.tools.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end. */
final class Shell {
    private Shell() {}

    /** What a command left: its exit status and what it wrote. */
    record Result(List<String> command, int status, String out, String err) {
        @Override
        public String toString() {
            return String.join(" ", command) + " -> " + status + "\nstdout: " + out + "\nstderr: " + err;
        }
    }

    static Result run(List<String> command) {
        return run(command, null, "", Await.LONG);
    }

    /** @param environment the whole environment, or null for this process's own */
    static Result run(
            List<String> command,
            @org.jspecify.annotations.Nullable Map<String, String> environment,
            String input,
            Duration timeout) {
        try {
            Path out = Files.createTempFile("jdmtcp-it", ".out"), err = Files.createTempFile("jdmtcp-it", ".err");
            Path in = Files.writeString(Files.createTempFile("jdmtcp-it", ".in"), input);
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                if (environment != null) {
                    builder.environment().clear();
                    builder.environment().putAll(environment);
                }
                Process process = builder.start();
                boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                }
                Result result = new Result(command, ended ? process.exitValue() : -1, text(out), text(err));
                if (!ended) {
                    throw new AssertionError("not done after " + timeout.toSeconds() + " s: " + result);
                }
                return result;
            } finally {
                Files.delete(out);
                Files.delete(err);
                Files.delete(in);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("running " + command, e);
        }
    }

    static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
