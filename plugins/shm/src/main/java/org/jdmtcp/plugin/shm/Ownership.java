package org.jdmtcp.plugin.shm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.ProcessView;

/**
 * Which System V resources are the computation's. Nothing in the kernel says so; the rule is:
 *
 * <ol>
 *   <li>in an IPC namespace that a restart made: all;
 *   <li>else those that a restart by this agent has made;
 *   <li>of those that were changed or used since the computation began, the ones that a process of the computation has made or
 *       was the last to use, as far as the kernel notes that;
 *   <li>and the ones all of whose known users have ended, that belong to the user of the first process, and that were made or
 *       changed since then: what a child leaves behind.
 * </ol>
 */
final class Ownership {
    private static final int START_TIME = 22;
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final long SECOND = 1_000_000_000;

    private final Set<Integer> members;
    private final Map<IpcType, Set<Integer>> made;
    private final ProcessView first;
    private final boolean all;
    private final int uid;
    private final long begun;

    /** @param made ids that restarts by this agent have made */
    Ownership(final HostView host, final Map<IpcType, Set<Integer>> made) {
        this.made = made;
        first = host.processes().getFirst();
        members = host.processes().stream().map(ProcessView::ownPid).collect(Collectors.toSet());
        all = host.hasOwnIpcNamespace();
        uid = FileCalls.status("/proc/" + first.pid()).orElseThrow().uid();
        begun = Math.min(started("self"), started(Integer.toString(first.pid())));
    }

    /** Whether it is not out of the question; cheap, for there may be many that others have left behind. */
    boolean mayBeOurs(final IpcStatus status) {
        return isOursForSure(status) || status.used() >= begun;
    }

    /** @param users processes as the program sees them; 0 for none */
    boolean isOurs(final IpcStatus status, final int... users) {
        if (isOursForSure(status)) {
            return true;
        }
        if (!mayBeOurs(status)) {
            return false;
        }
        if (Arrays.stream(users).anyMatch(members::contains)) {
            return true;
        }
        final int[] known = Arrays.stream(users).filter(pid -> pid != 0).toArray();
        return known.length > 0
                && status.object().getCreatorUid() == uid
                && status.changed() >= begun
                && Arrays.stream(known).noneMatch(this::isAlive);
    }

    private boolean isOursForSure(final IpcStatus status) {
        return all || made.getOrDefault(status.type(), Set.of()).contains(status.id());
    }

    // In a pid namespace of a restart's all processes are members.
    private boolean isAlive(final int pid) {
        return first.pid() == first.ownPid() && FileCalls.status("/proc/" + pid).isPresent();
    }

    /** When a process was started, seconds since the epoch, rather too early than too late. */
    private static long started(final String process) {
        final String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + process + "/stat"), StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        // The name, in parentheses, may hold anything; the field behind it is the third.
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        final ClockTimes now = ClockTimes.now();
        final long age = now.boottime() - Long.parseLong(fields[START_TIME - 3]) * NANOS_PER_TICK;
        return (now.realtime() - age) / SECOND - 1;
    }
}
