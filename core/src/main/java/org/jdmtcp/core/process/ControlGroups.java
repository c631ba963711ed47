package org.jdmtcp.core.process;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.core.process.message.ControlGroup;
import org.jdmtcp.core.process.message.ProcessState;
import org.jdmtcp.core.procfs.Cgroup;
import org.jdmtcp.core.procfs.MountInfo;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * Control groups ({@code cgroups(7)}). Those of the first process belong to whoever launched it, and become dmtcp_restart's,
 * as its session does. A process that was put into others is put there again; they must exist. Control groups of single
 * threads are not kept.
 */
public final class ControlGroups {
    private static final String DELETED = " (deleted)";

    private ControlGroups() {}

    /** Those in which a process is and the first process is not. @throws Refusal where one was removed */
    public static List<ControlGroup> capture(final int pid, final Cgroup ofFirst, final String whose) {
        final List<ControlGroup> groups = new ArrayList<>();
        for (final Cgroup.Entry entry : Cgroup.read(pid).entries()) {
            if (ofFirst.entries().contains(entry)) {
                continue;
            }
            if (entry.path().endsWith(DELETED)) {
                throw new Refusal(whose + " is in the control group " + entry.path()
                        + ", to which nobody can be added any more; move it elsewhere");
            }
            groups.add(ControlGroup.newBuilder()
                    .setControllers(entry.controllers())
                    .setPath(entry.path())
                    .build());
        }
        return groups;
    }

    /** Puts a process into its groups, from outside. @throws Refusal where that cannot be */
    public static void restore(final int pid, final ProcessState state) {
        for (final ControlGroup group : state.getAttributes().getControlGroupsList()) {
            final String whose = state.getIdentity().getCommand() + " (pid "
                    + state.getIdentity().getPid() + ") was in the control group " + group.getPath();
            final String folder = mountPoint(group)
                            .orElseThrow(() -> new Refusal(whose + " of a hierarchy (" + group.getControllers()
                                    + ") that is not mounted here"))
                    + group.getPath();
            enter(pid, folder, whose);
        }
    }

    private static void enter(final int pid, final String folder, final String whose) {
        final String text = Integer.toString(pid);
        try (Arena arena = Arena.ofConfined();
                Fd file = FileCalls.open(folder + "/cgroup.procs", FileCalls.O_WRONLY)) {
            Linux.check(
                    FileCalls.write(file, Linux.cString(arena, text).asSlice(0, text.length())),
                    "write to " + folder + "/cgroup.procs");
        } catch (final LinuxException e) {
            throw new Refusal(
                    whose + ", which it cannot be put into: " + e.getMessage() + "; make the group (mkdir " + folder
                            + "), and restart as a user who may write there",
                    e);
        }
    }

    private static Optional<String> mountPoint(final ControlGroup group) {
        final Set<String> controllers =
                new HashSet<>(Arrays.asList(group.getControllers().split(",")));
        return MountInfo.read(ProcessCalls.self()).mounts().stream()
                .filter(mount -> mount.root().equals("/")
                        && (group.getControllers().isEmpty()
                                ? mount.fsType().equals("cgroup2")
                                : mount.fsType().equals("cgroup")
                                        && Arrays.asList(mount.superOptions().split(","))
                                                .containsAll(controllers)))
                .map(MountInfo.Mount::mountPoint)
                .findFirst();
    }
}
