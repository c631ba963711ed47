package org.jdmtcp.tools.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.command.CommandClient;
import org.jdmtcp.tools.CoordinatorOptions;

/**
 * Agents of this host that have been started and have not joined their coordinator yet. A program runs before its agent has joined,
 * so who types {@code dmtcp_launch ./a.out & dmtcp_command --checkpoint} would else be told that there is no program, or get a
 * checkpoint without it.
 */
final class StartingAgents {
    /** No agent takes longer to join, unless it never will. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Set<String> TOOLS =
            Set.of("org.jdmtcp.tools.launch.Launch", "org.jdmtcp.tools.restart.Restart");
    private static final Set<String> PORT_OPTIONS = Set.of("-p", "--coord-port");
    private static final String APART = "--no-coordinator";

    private StartingAgents() {}

    /** Waits until all of them have joined or ended. */
    static void await(final CommandClient client, final int port) throws CoordinatorException {
        final Set<Integer> starting = find(port);
        final Instant end = Instant.now().plus(PATIENCE);
        while (!starting.isEmpty()) {
            starting.removeAll(members(client));
            starting.removeIf(pid -> !Files.exists(Path.of("/proc/" + pid)));
            if (starting.isEmpty() || Instant.now().isAfter(end)) {
                return;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private static Set<Integer> members(final CommandClient client) throws CoordinatorException {
        return client.status().computation().members().stream()
                .map(member -> member.info().pid())
                .collect(Collectors.toSet());
    }

    private static Set<Integer> find(final int port) {
        final Set<Integer> found = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (final Path process : processes) {
                if (isStarting(process, port)) {
                    found.add(Integer.parseInt(process.getFileName().toString()));
                }
            }
        } catch (final IOException | DirectoryIteratorException e) {
            return found; // without /proc there is nobody to wait for
        }
        return found;
    }

    private static boolean isStarting(final Path process, final int port) {
        try {
            final List<String> command = strings(process.resolve("cmdline"));
            final int tool = command.stream()
                    .filter(TOOLS::contains)
                    .mapToInt(command::indexOf)
                    .findFirst()
                    .orElse(-1);
            return tool >= 0
                    && !command.contains(APART)
                    && isYoung(process)
                    && portOf(command.subList(tool + 1, command.size()), process) == port;
        } catch (final IOException e) {
            return false; // another user's, or gone
        }
    }

    private static boolean isYoung(final Path process) {
        return ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                .flatMap(handle -> handle.info().startInstant())
                .filter(start -> start.isAfter(Instant.now().minus(PATIENCE)))
                .isPresent();
    }

    private static int portOf(final List<String> arguments, final Path process) throws IOException {
        for (int i = 0; i < arguments.size(); i++) {
            final String argument = arguments.get(i);
            if (PORT_OPTIONS.contains(argument) && i + 1 < arguments.size()) {
                return number(arguments.get(i + 1));
            }
            if (argument.startsWith("--coord-port=")) {
                return number(argument.substring(argument.indexOf('=') + 1));
            }
        }
        final String variable = CoordinatorOptions.PORT_VARIABLE + "=";
        return strings(process.resolve("environ")).stream()
                .filter(entry -> entry.startsWith(variable))
                .map(entry -> number(entry.substring(variable.length())))
                .findFirst()
                .orElse(CoordinatorAddress.DEFAULT_PORT);
    }

    private static int number(final String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
    }

    private static List<String> strings(final Path file) throws IOException {
        return Arrays.asList(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).split("\0"));
    }
}
