package org.jdmtcp.tools.agent;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * An agent in the background that takes over the processes which outlive the program's first one, so that the command can
 * return its status. A JVM cannot fork, hence this is a new one; the old one leaves when the new one has joined.
 */
public final class Successor {
    /** Internal option of dmtcp_launch: take these processes over. */
    public static final String OPTION = "--take-over";

    /** Internal option of dmtcp_launch: what they were handed down, see {@link org.jdmtcp.core.agent.Agent#streams}. */
    public static final String STREAMS_OPTION = "--streams";

    /** Internal option of dmtcp_launch: the computation that they belong to. */
    public static final String COMPUTATION_OPTION = "--computation";

    private static final String READY = "jdmtcp-agent-ready";
    private static final long START_SECONDS = 15;
    private static final Path PTRACE_SCOPE = Path.of("/proc/sys/kernel/yama/ptrace_scope");

    private Successor() {}

    /** Says to the agent before that this one has taken over, and lets go of its end of the pipe. */
    public static void announce() {
        System.out.println(READY);
        System.out.close();
    }

    /**
     * Starts one.
     *
     * @param pids the processes from which all others descend
     * @param options of dmtcp_launch
     * @throws IOException where it does not come up; the message says why and what that means
     */
    static void start(final Collection<Integer> pids, final List<String> options) throws IOException {
        final String home = System.getProperty("jdmtcp.home", "");
        if (home.isEmpty()) {
            throw new IOException("dmtcp_launch was not started by its script, so no agent can be started for them");
        }
        checkPermission();
        final List<String> command = new ArrayList<>(List.of("setsid", home + "/bin/dmtcp_launch"));
        command.addAll(options);
        command.add(OPTION);
        command.add(pids.stream().map(Object::toString).collect(Collectors.joining(",")));
        final Process process = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectError(new File("/dev/null"))
                .start();
        awaitReady(process);
    }

    private static void checkPermission() throws IOException {
        // Only an ancestor may trace then, unless it is root; the new agent is none.
        if (ProcessCalls.effectiveUid() != 0
                && Files.exists(PTRACE_SCOPE)
                && !Files.readString(PTRACE_SCOPE).strip().equals("0")) {
            throw new IOException("Yama's ptrace_scope lets only their parent trace them; as root set"
                    + " kernel.yama.ptrace_scope to 0");
        }
    }

    private static void awaitReady(final Process process) throws IOException {
        final CompletableFuture<Boolean> ready = new CompletableFuture<>();
        Thread.ofPlatform().name("jdmtcp-successor").daemon(true).start(() -> {
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                ready.complete(READY.equals(output.readLine()));
            } catch (final IOException e) {
                ready.completeExceptionally(e);
            }
        });
        try {
            if (!ready.get(START_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the new agent ended early");
            }
        } catch (final TimeoutException | ExecutionException e) {
            throw new IOException("the new agent does not come up", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
