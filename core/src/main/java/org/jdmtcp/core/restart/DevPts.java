package org.jdmtcp.core.restart;

import org.jdmtcp.core.procfs.MountInfo;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * The file system of pseudo-terminals that the reborn processes see. In a mount namespace of their own it is a new one, where
 * every number is free; it is mounted when it is first asked for, so that processes without such terminals still find the
 * name of the terminal that they run on.
 */
final class DevPts {
    private static final String DIRECTORY = "/dev/pts";
    private static final String TYPE = "devpts";
    private static final long MS_REC_PRIVATE = 0x44000;
    private static final long MS_NOSUID = 2;
    private static final long MS_NOEXEC = 8;

    private final Nursery nursery;
    private boolean mounted;

    DevPts(final Nursery nursery) {
        this.nursery = nursery;
    }

    /** Whether it is not the agent's. */
    boolean isOwn() {
        return nursery.init().isPresent();
    }

    /** The root directory below which it is, for paths of the agent; {@code ""} for the agent's own. */
    String root() {
        if (!isOwn()) {
            return "";
        }
        if (!mounted) {
            mount(nursery.stub());
            mounted = true;
        }
        return "/proc/" + nursery.stub().pid() + "/root";
    }

    private static void mount(final Newborn process) {
        final Batch batch = process.scratch().batch();
        final long type = batch.putString(TYPE);
        batch.must(SystemCall.MOUNT, 0, batch.putString("/"), 0, MS_REC_PRIVATE, 0);
        batch.must(
                SystemCall.MOUNT,
                type,
                batch.putString(DIRECTORY),
                type,
                MS_NOSUID | MS_NOEXEC,
                batch.putString(options()));
        try {
            batch.run();
        } catch (final LinuxException e) {
            throw new Refusal(
                    "the programs' pseudo-terminals need a " + DIRECTORY + " of their own: " + e.getMessage(), e);
        }
    }

    // Mode and owner of terminals as the host has them; an ordinary user's namespace knows no other group than his.
    private static String options() {
        final StringBuilder options = new StringBuilder("newinstance,ptmxmode=0666");
        MountInfo.read(ProcessCalls.self()).mounts().stream()
                .filter(mount ->
                        mount.mountPoint().equals(DIRECTORY) && mount.fsType().equals(TYPE))
                .flatMap(mount -> java.util.Arrays.stream(mount.superOptions().split(",")))
                .filter(option ->
                        option.startsWith("mode=") || option.startsWith("gid=") && ProcessCalls.effectiveUid() == 0)
                .distinct()
                .forEach(option -> options.append(',').append(option));
        return options.toString();
    }
}
