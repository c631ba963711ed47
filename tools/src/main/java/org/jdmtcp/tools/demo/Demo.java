package org.jdmtcp.tools.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * {@code dmtcp_demo}: a program that counts is launched, checkpointed, killed and restarted, through the real commands, and is
 * seen to go on where it was. Exit status 0 only then.
 */
public final class Demo implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BEATS = 20;

    private static final String PYTHON = """
            import os, sys, time
            n = 0
            while True:
                n += 1
                os.write(1, b"%d %d\\n" % (os.getpid(), n))
                time.sleep(0.02)
            """;
    private static final String SHELL = "n=0; while :; do n=$((n+1)); echo $$ $n; sleep 0.02; done";

    private final Path bin = Path.of(System.getProperty("jdmtcp.home", ".")).resolve("bin");
    private final Path work;
    private final Path log;
    private final List<Process> started = new ArrayList<>();
    private int port;

    private Demo() throws IOException {
        work = Files.createTempDirectory("dmtcp_demo");
        log = work.resolve("count");
    }

    public static void main(final String[] arguments) {
        int status = 1;
        try (Demo demo = new Demo()) {
            demo.run();
            status = 0;
        } catch (final DemoFailure | IOException e) {
            System.out.flush();
            System.err.println("dmtcp_demo: " + e.getMessage());
        }
        System.exit(status);
    }

    private void run() throws IOException {
        startCoordinator();
        final Process launched = launch();
        await("the program does not count", () -> beats() >= BEATS);
        final Beat first = last();
        say("launched: process %d counts, now at %d", first.pid(), first.number());

        final long begin = System.nanoTime();
        require(command("dmtcp_command", "-bc"), "the checkpoint failed");
        say("checkpoint written in %d ms: %s", millisecondsSince(begin), images());

        killProgram(launched, first);
        final Beat lastBefore = last();
        say("killed with SIGKILL at %d", lastBefore.number());

        final int before = beats();
        final long restart = System.nanoTime();
        start("dmtcp_restart", "--restartdir", work.toString(), "--join-coordinator", "-p", Integer.toString(port));
        await("the program does not count after the restart", () -> beats() > before);
        say(
                "restarted in %d ms: it goes on at %d",
                millisecondsSince(restart), beat(before).number());
        await("the program stopped counting after the restart", () -> beats() > before + BEATS);
        prove(first, before);
        say("process %d counts without a gap; now at %d. That is all.", first.pid(), last().number());
    }

    private void startCoordinator() throws IOException {
        final Path portFile = work.resolve("port");
        start("dmtcp_coordinator", "-p", "0", "--port-file", portFile.toString(), "--ckptdir", work.toString());
        await("the coordinator does not start", () -> Files.exists(portFile));
        port = Integer.parseInt(Files.readString(portFile).strip());
    }

    private Process launch() throws IOException {
        final List<String> command = new ArrayList<>(List.of("--join-coordinator", "-p", Integer.toString(port)));
        command.addAll(List.of("--ckptdir", work.toString()));
        command.addAll(
                Stream.of("/usr/bin/python3", "/usr/local/bin/python3").anyMatch(p -> Files.isExecutable(Path.of(p)))
                        ? List.of("python3", "-c", PYTHON)
                        : List.of("/bin/bash", "-c", SHELL));
        final Process launched = start("dmtcp_launch", command.toArray(String[]::new));
        return launched;
    }

    private void killProgram(final Process launched, final Beat first) {
        ProcessHandle.of(first.pid()).ifPresent(ProcessHandle::destroyForcibly);
        await("dmtcp_launch does not end with its program", () -> !launched.isAlive());
    }

    /** The numbers after the restart follow those before the checkpoint without a gap, in the same process. */
    private void prove(final Beat first, final int before) {
        final Beat resumed = beat(before);
        final boolean known = resumed.number() <= last(before).number() + 1 && resumed.number() > first.number();
        for (int i = before; i < beats(); i++) {
            if (beat(i).pid() != first.pid() || beat(i).number() != resumed.number() + i - before || !known) {
                throw new DemoFailure("the program did not go on where it was: beat " + beat(i)
                        + " after the restart at " + resumed + "; see " + log);
            }
        }
    }

    private record Beat(long pid, long number) {}

    private List<String> lines() {
        try {
            final String text = Files.exists(log) ? Files.readString(log) : "";
            // What stands after the last newline is still being written.
            return Arrays.asList(text.substring(0, text.lastIndexOf('\n') + 1).split("\n"));
        } catch (final IOException e) {
            throw new DemoFailure("cannot read " + log + ": " + e.getMessage());
        }
    }

    private int beats() {
        final List<String> lines = lines();
        return lines.getFirst().isEmpty() ? 0 : lines.size();
    }

    private Beat beat(final int index) {
        final String[] words = lines().get(index).split(" ");
        return new Beat(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    private Beat last() {
        return last(beats());
    }

    private Beat last(final int count) {
        return beat(count - 1);
    }

    private String images() throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            final List<Path> images =
                    files.filter(f -> f.toString().endsWith(".dmtcp")).toList();
            long bytes = 0;
            for (final Path image : images) {
                bytes += Files.size(image);
            }
            return images.size() + " image(s), " + bytes / 1024 + " KiB";
        }
    }

    private Process start(final String tool, final String... options) throws IOException {
        final List<String> command = new ArrayList<>(List.of(bin.resolve(tool).toString()));
        command.addAll(List.of(options));
        final Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()))
                .start();
        started.add(process);
        return process;
    }

    private Path errors() {
        return work.resolve("errors");
    }

    private boolean command(final String tool, final String... options) throws IOException {
        final List<String> command =
                new ArrayList<>(List.of(bin.resolve(tool).toString(), "-p", Integer.toString(port)));
        command.addAll(List.of(options));
        final Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(errors().toFile()))
                .start();
        try {
            return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void await(final String otherwise, final BooleanSupplier condition) {
        final long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end
                    || started.stream().anyMatch(p -> !p.isAlive() && p.exitValue() > 124 && p.exitValue() < 128)) {
                throw new DemoFailure(otherwise + said());
            }
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    private void require(final boolean done, final String otherwise) {
        if (!done) {
            throw new DemoFailure(otherwise + said());
        }
    }

    private String said() {
        try {
            final String text = Files.exists(errors())
                    ? Files.readString(errors(), StandardCharsets.UTF_8).strip()
                    : "";
            return text.isEmpty() ? "" : ":\n" + text;
        } catch (final IOException e) {
            return ": " + e.getMessage();
        }
    }

    private static long millisecondsSince(final long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }

    private static void say(final String format, final Object... values) {
        System.out.println(String.format(format, values));
    }

    /** Ends what was started and removes the directory. */
    @Override
    public void close() throws IOException {
        if (port != 0) {
            command("dmtcp_command", "-q");
        }
        for (final Process process : started) {
            process.destroy();
        }
        try (Stream<Path> files = Files.walk(work)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static final class DemoFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DemoFailure(final String message) {
            super(message);
        }
    }
}
