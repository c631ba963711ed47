package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a program says about itself: {@code N ok} per heartbeat, {@code FAIL ...} at the slightest loss. */
record ProgramLog(Path path) {
    private static final String OK = " ok";

    /** The complete lines so far. */
    List<String> lines() {
        try {
            if (!Files.exists(path)) {
                return List.of();
            }
            String text = Files.readString(path, StandardCharsets.ISO_8859_1);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new AssertionError("reading " + path, e);
        }
    }

    List<Long> beats() {
        return lines().stream()
                .filter(line -> line.endsWith(OK))
                .map(line -> Long.parseLong(line.substring(0, line.length() - OK.length())))
                .toList();
    }

    /** Number of the latest heartbeat; 0 before the first. */
    long last() {
        List<Long> beats = beats();
        return beats.isEmpty() ? 0 : beats.getLast();
    }

    /** The program noticed no loss. */
    void isWell() {
        assertThat(lines())
                .filteredOn(line -> line.startsWith("FAIL"))
                .as("losses in %s", path)
                .isEmpty();
    }

    /** Waits until there are {@code more} heartbeats than {@code from}, while whoever carries the program lives. */
    void awaitBeats(int from, int more, Launched agent) {
        Await.until(more + " heartbeats more than " + from + " in " + path, Await.LONG, agent::describe, () -> {
            isWell();
            if (beats().size() >= from + more) {
                return true;
            }
            assertThat(agent.isAlive())
                    .as(() -> "the program ended early; " + agent.describe())
                    .isTrue();
            return false;
        });
    }
}
