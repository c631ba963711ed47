package org.jdmtcp.plugin.fd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.NotificationCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Puts events into an inotify instance. The kernel takes none from us, so they are brought about with a file of our own,
 * which is watched under the number in question for a moment.
 */
final class InotifyQueue {
    private static final int EVENT_SIZE = 16;
    private static final int READ_SIZE = EVENT_SIZE << 12;
    private static final int PERMISSIONS = 0700;

    private final Fd inotify;

    /** @param inotify an instance of the agent's, in which nothing waits */
    InotifyQueue(final Fd inotify) {
        this.inotify = inotify;
    }

    /**
     * Has the instance report that what it watched under a number was deleted, and that the watch is gone: IN_ATTRIB and
     * IN_DELETE_SELF where the mask asks for them, and IN_IGNORED.
     */
    void reportDeleted(final int number, final int mask, final boolean directory) {
        final String name = scratchName();
        if (directory) {
            makeDirectory(name);
        } else {
            FileCalls.open(name, FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_RDWR, PERMISSIONS)
                    .close();
        }
        try {
            watch(name, number, mask);
        } finally {
            remove(name, directory);
        }
    }

    /**
     * Has the instance report that events were lost (IN_Q_OVERFLOW), and nothing else. There is one way to that: more
     * events than it may hold. Those are taken out again, and what reports the loss stays.
     *
     * @param number one that no watch has
     */
    void reportLoss(final int number) {
        final long most = mostEvents();
        final String name = scratchName();
        FileCalls.open(name, FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_RDWR, PERMISSIONS)
                .close();
        try {
            watch(name, number, NotificationCalls.IN_OPEN | NotificationCalls.IN_CLOSE_NOWRITE);
            // Two kinds in turn, since the kernel makes one event of equal ones in a row.
            for (long events = 0; events <= most; events += 2) {
                FileCalls.open(name, FileCalls.O_RDONLY).close();
            }
            // There is no room for the event that tells of this.
            NotificationCalls.removeWatch(inotify, number);
        } finally {
            remove(name, false);
        }
        take(most * EVENT_SIZE);
    }

    private void watch(final String name, final int number, final int mask) {
        NotificationCalls.setNextWatch(inotify, number);
        final long got = Linux.check(
                NotificationCalls.addWatch(inotify, name, mask & ~NotificationCalls.IN_MASK_CREATE),
                "inotify_add_watch(\"" + name + "\")");
        if (got != number) {
            throw new LinuxException("inotify watch " + number + " became " + got, Errno.EEXIST);
        }
    }

    private void take(final long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(READ_SIZE, 8);
            long left = bytes;
            while (left > 0) {
                left -= Linux.check(
                        FileCalls.read(inotify, buffer.asSlice(0, Math.min(left, READ_SIZE))),
                        "read of inotify events");
            }
        }
    }

    private static long mostEvents() {
        return ProcText.lines("/proc/sys/fs/inotify/max_queued_events")
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    private static String scratchName() {
        return Path.of(System.getProperty("java.io.tmpdir", "/tmp"), ".jdmtcp-watched-" + UUID.randomUUID())
                .toString();
    }

    private static void makeDirectory(final String name) {
        try (Arena arena = Arena.ofConfined()) {
            Linux.call(SystemCall.MKDIR, Linux.cString(arena, name).address(), PERMISSIONS);
        }
    }

    private static void remove(final String name, final boolean directory) {
        if (!directory) {
            FileCalls.unlink(name);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            Linux.call(SystemCall.RMDIR, Linux.cString(arena, name).address());
        }
    }
}
