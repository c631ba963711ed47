package org.jdmtcp.tools.coordinator;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdmtcp.tools.ExitStatus;

/**
 * Starts a coordinator that outlives this process: in a session of its own (setsid(1)), with {@code /dev/null} as its input, in
 * the root directory, and with a pipe as its output of which it uses one line only, to say that it listens.
 */
public final class BackgroundCoordinator {
    /** Internal option: announce on standard output, then keep silent. */
    static final String ANNOUNCE = "--announce";

    private static final String LISTENS = "jdmtcp-coordinator-listens ";
    private static final Duration START = Duration.ofSeconds(30);
    private static final Set<String> CLASS_PATH = Set.of("-cp", "-classpath", "--class-path");

    private BackgroundCoordinator() {}

    /** What the child says when it listens. */
    static String announcement(int port) {
        return LISTENS + port;
    }

    /**
     * Starts one with these options of {@code dmtcp_coordinator} and returns the port once it listens. Paths among the options
     * must be absolute.
     *
     * @throws IOException with what it had to say where it does not come up
     */
    public static int start(List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(toolCommand());
        command.addAll(options);
        command.add(ANNOUNCE);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(new File("/"))
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "cannot start a coordinator: " + e.getMessage() + "; setsid (util-linux) and Java must be there",
                    e);
        }
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            return awaitPort(process, output);
        }
    }

    private static int awaitPort(Process process, BufferedReader output) throws IOException {
        List<String> said = new ArrayList<>();
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                String next = output.readLine();
                while (next != null && !next.startsWith(LISTENS)) {
                    said.add(next);
                    next = output.readLine();
                }
                line.complete(next == null ? "" : next);
            } catch (IOException e) {
                line.completeExceptionally(e);
            }
        });
        try {
            String found = line.get(START.toSeconds(), TimeUnit.SECONDS);
            if (found.isEmpty()) {
                throw failure(process, String.join("; ", said));
            }
            return Integer.parseInt(found.substring(LISTENS.length()));
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("the coordinator did not start within " + START.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException("the coordinator did not start: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the coordinator was starting", e);
        }
    }

    private static IOException failure(Process process, String said) throws InterruptedException {
        boolean ended = process.waitFor(1, TimeUnit.SECONDS);
        if (ended && process.exitValue() == ExitStatus.PORT_IN_USE.code()) {
            return new BindException(said.replace("dmtcp_coordinator: ", ""));
        }
        return new IOException("the coordinator did not start: " + said);
    }

    /** The launcher script, which knows the flags and the start-up cache of this tool; else as this JVM was started. */
    private static List<String> toolCommand() throws IOException {
        String home = System.getProperty("jdmtcp.home", "");
        if (!home.isEmpty()) {
            return List.of(home + "/bin/dmtcp_coordinator");
        }
        List<String> command = javaCommand();
        command.add(Coordinator.class.getName());
        return command;
    }

    /** This JVM's program, flags and class path. */
    static List<String> javaCommand() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags(List.of(Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8)
                .split("\0"))));
        command.add("-cp");
        command.add(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator)));
        return command;
    }

    /** The flags before the main class that make sense for another JVM too: no agents, no making of archives. */
    static List<String> flags(List<String> commandLine) {
        List<String> flags = new ArrayList<>();
        for (int i = 1; i < commandLine.size() && commandLine.get(i).startsWith("-"); i++) {
            String flag = commandLine.get(i);
            if (CLASS_PATH.contains(flag)) {
                i++;
            } else if (flag.equals("-jar")) {
                break;
            } else if (Stream.of("-javaagent", "-agent", "-XX:AOTMode", "-XX:AOTCacheOutput", "-XX:AOTConfiguration")
                    .noneMatch(flag::startsWith)) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
