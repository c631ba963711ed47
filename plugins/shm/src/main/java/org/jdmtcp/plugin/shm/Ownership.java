package org.jdmtcp.plugin.shm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.ProcessView;

/**
 * Which System V resources are the computation's. Nothing in the kernel says so; the rule is:
 *
 * <ol>
 *   <li>in an IPC namespace that a restart made: all;
 *   <li>else those that a restart by this agent has made;
 *   <li>those that a process of the computation has made or was the last to use, as far as the kernel notes that;
 *   <li>those all of whose known users have ended, that belong to the user of the first process, and that were made or changed
 *       after that was started: what a child leaves behind.
 * </ol>
 */
final class Ownership {
    private static final int START_TIME = 22;
    private static final long CLOCK_TICKS = 100;

    private final HostView host;
    private final Set<Integer> members;
    private final Set<Integer> made;
    private final ProcessView first;

    /** @param made ids of the type in question that a restart by this agent has made */
    Ownership(final HostView host, final Set<Integer> made) {
        this.host = host;
        this.made = made;
        first = host.processes().getFirst();
        members = host.processes().stream().map(ProcessView::ownPid).collect(Collectors.toSet());
    }

    /** @param users processes as the program sees them; 0 for none */
    boolean isOurs(final IpcStatus status, final int... users) {
        if (host.hasOwnIpcNamespace()
                || made.contains(status.id())
                || Arrays.stream(users).anyMatch(members::contains)) {
            return true;
        }
        final int[] known = Arrays.stream(users).filter(pid -> pid != 0).toArray();
        return known.length > 0
                && Arrays.stream(known).noneMatch(this::isAlive)
                && status.object().getCreatorUid() == uid()
                && status.changed() >= started();
    }

    private int uid() {
        return FileCalls.status("/proc/" + first.pid()).orElseThrow().uid();
    }

    // In a pid namespace of a restart's all processes are members.
    private boolean isAlive(final int pid) {
        return first.pid() == first.ownPid() && FileCalls.status("/proc/" + pid).isPresent();
    }

    /** When the first process was started, seconds since the epoch. */
    private long started() {
        final String stat = read("/proc/" + first.pid() + "/stat").getFirst();
        // The name, in parentheses, may hold anything; the field behind it is the third.
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        final long boot = read("/proc/stat").stream()
                .filter(line -> line.startsWith("btime "))
                .mapToLong(line -> Long.parseLong(line.substring(6)))
                .findFirst()
                .orElseThrow();
        return boot + Long.parseLong(fields[START_TIME - 3]) / CLOCK_TICKS;
    }

    private static List<String> read(final String file) {
        try {
            return Files.readAllLines(Path.of(file), java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
