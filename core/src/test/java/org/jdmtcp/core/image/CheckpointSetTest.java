package org.jdmtcp.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointSetTest {
    private static final List<String> AB = List.of("a", "b");

    @TempDir
    Path directory;

    @TempDir
    Path elsewhere;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private long generation(final String name) {
        try (ImageReader reader = ImageReader.open(directory.resolve(name))) {
            reader.verify();
            return reader.set().orElseThrow().generation();
        }
    }

    /** Files of a dead writer, which holds no lock any more. */
    private void leave(final long generation, final String name, final String as) throws IOException {
        Files.copy(elsewhere.resolve(name), directory.resolve(as));
        try (ImageReader reader = ImageReader.open(directory.resolve(as))) {
            assertThat(reader.set().orElseThrow().generation()).isEqualTo(generation);
        }
    }

    @Test
    void imagesAppearTogether() throws IOException {
        CommitLoop.commit(directory, 1, AB);
        assertThat(names()).isEqualTo(AB);
        try (CheckpointSet set = CheckpointSet.begin(directory, new SetIdentity("c", 2, AB), name -> true)) {
            for (final String name : AB) {
                try (ImageWriter writer = set.add(name, Codec.NONE, 0)) {
                    writer.finish();
                }
            }
            assertThat(generation("a")).isEqualTo(1);
            // Another checkpoint in the same directory must not take these files for a dead writer's.
            CheckpointSet.settle(directory);
            set.commit();
        }
        assertThat(generation("a")).isEqualTo(2);
        assertThat(generation("b")).isEqualTo(2);
        assertThat(names()).isEqualTo(AB);
    }

    @Test
    void aCheckpointThatFailsLeavesThePreviousOne() throws IOException {
        CommitLoop.commit(directory, 1, AB);
        try (CheckpointSet set = CheckpointSet.begin(directory, new SetIdentity("c", 2, AB), name -> true)) {
            set.add("a", Codec.NONE, 0).finish();
            set.add("b", Codec.NONE, 0);
            assertThatThrownBy(set::commit).isInstanceOf(IllegalStateException.class);
        }
        assertThat(names()).isEqualTo(AB);
        assertThat(generation("a")).isEqualTo(1);
    }

    @Test
    void aRenameThatFailsIsUndone() throws IOException {
        CommitLoop.commit(directory, 1, List.of("b"));
        Files.createDirectories(directory.resolve("c/full"));
        assertThatThrownBy(() -> CommitLoop.commit(directory, 2, List.of("a", "b", "c")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("the previous checkpoint stands");
        assertThat(names()).containsExactly("b", "c");
        assertThat(generation("b")).isEqualTo(1);
    }

    @Test
    void imagesOfProcessesThatEndedGo() throws IOException {
        CommitLoop.commit(directory, 1, List.of("a", "b", "gone"));
        Files.writeString(directory.resolve("ckpt_other"), "not ours");
        CommitLoop.commit(directory, 2, AB);
        assertThat(names()).containsExactly("a", "b", "ckpt_other");
    }

    @Test
    void filesOfDeadWritersGo() throws IOException {
        CommitLoop.commit(directory, 1, AB);
        CommitLoop.commit(elsewhere, 2, AB);
        leave(2, "a", ".a.new-7-1");
        Files.write(directory.resolve(".b.new-7-2"), new byte[100]);
        CheckpointSet.settle(directory);
        assertThat(names()).isEqualTo(AB);
        assertThat(generation("a")).isEqualTo(1);
    }

    @Test
    void aCommitThatHadBegunIsFinished() throws IOException {
        CommitLoop.commit(directory, 1, List.of("a", "b", "gone"));
        CommitLoop.commit(elsewhere, 2, AB);
        Files.createLink(directory.resolve(".a.previous"), directory.resolve("a"));
        Files.createLink(directory.resolve(".b.previous"), directory.resolve("b"));
        Files.delete(directory.resolve("a"));
        leave(2, "a", "a");
        leave(2, "b", ".b.new-7-2");
        CheckpointSet.settle(directory);
        assertThat(names()).isEqualTo(AB);
        assertThat(generation("a")).isEqualTo(2);
        assertThat(generation("b")).isEqualTo(2);
    }

    @Test
    void aCommitThatCannotBeFinishedIsUndone() throws IOException {
        CommitLoop.commit(directory, 1, List.of("a", "b"));
        CommitLoop.commit(elsewhere, 2, List.of("a", "b", "new"));
        Files.createLink(directory.resolve(".a.previous"), directory.resolve("a"));
        Files.createLink(directory.resolve(".b.previous"), directory.resolve("b"));
        Files.delete(directory.resolve("a"));
        leave(2, "a", "a");
        leave(2, "new", "new");
        CheckpointSet.settle(directory);
        assertThat(names()).isEqualTo(AB);
        assertThat(generation("a")).isEqualTo(1);
        assertThat(generation("b")).isEqualTo(1);
    }

    @Test
    void aCommitThatOnlyKeptSecondNamesChangedNothing() throws IOException {
        CommitLoop.commit(directory, 1, List.of("a", "b", "c"));
        Files.delete(directory.resolve("b"));
        Files.createLink(directory.resolve(".a.previous"), directory.resolve("a"));
        CheckpointSet.settle(directory);
        assertThat(names()).containsExactly("a", "c");
    }

    @Test
    void imagesOfTwoCheckpointsAreNotRestartedTogether() {
        CommitLoop.commit(directory, 1, AB);
        CommitLoop.commit(elsewhere, 2, AB);
        try (ImageReader a = ImageReader.open(directory.resolve("a"));
                ImageReader b = ImageReader.open(directory.resolve("b"));
                ImageReader newer = ImageReader.open(elsewhere.resolve("b"))) {
            CheckpointSet.requireSameCheckpoint(List.of(a, b));
            assertThatThrownBy(() -> CheckpointSet.requireSameCheckpoint(List.of(a, newer)))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("does not belong to");
        }
    }

    @Test
    void aKilledWriterLeavesAWholeCheckpoint() throws Exception {
        final Random random = new Random();
        long next = 1;
        for (int round = 0; round < 8; round++) {
            final long committed = killAfter(next, random.nextInt(30_000_000));
            CheckpointSet.settle(directory);
            assertThat(names()).isEqualTo(CommitLoop.MEMBERS);
            final long generation = generation(CommitLoop.MEMBERS.getFirst());
            assertThat(generation).isGreaterThanOrEqualTo(committed);
            assertThat(CommitLoop.MEMBERS).allMatch(name -> generation(name) == generation);
            next = generation + 1;
        }
    }

    /** Runs the loop until its first commit and so many nanoseconds more; the last generation that it said. */
    private long killAfter(final long firstGeneration, final long nanos) throws Exception {
        final Process loop = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        CommitLoop.class.getName(),
                        directory.toString(),
                        Long.toString(firstGeneration))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long last;
        try (BufferedReader lines = loop.inputReader()) {
            last = Long.parseLong(lines.readLine());
            LockSupport.parkNanos(nanos);
            // Not destroyForcibly: that closes the stream, which may still say something.
            ProcessCalls.kill((int) loop.pid(), 9);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = Long.parseLong(line);
            }
        }
        loop.waitFor();
        return last;
    }
}
