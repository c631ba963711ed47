package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;

/** Calls on names and whole files beyond reading and writing: advisory locks, hard links, write-back. Safe on any thread. */
public final class FileSystemCalls {
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int SYNC_FILE_RANGE_WRITE = 2;

    private FileSystemCalls() {}

    /**
     * {@code flock(2)}, exclusive: waits for it. The lock belongs to the open file, so it ends when its last descriptor is
     * closed, at the latest with the process. @throws LinuxException ENOLCK, EOPNOTSUPP
     */
    public static void lock(final Fd fd) {
        long result;
        do {
            result = Linux.raw(SystemCall.FLOCK, fd.number(), LOCK_EX);
        } while (result == -Errno.EINTR);
        Linux.check(result, "flock(" + fd.number() + ")");
    }

    /** {@code flock(2)}, exclusive, not waiting: whether the lock is ours now; false also where there are no locks. */
    public static boolean tryLock(final Fd fd) {
        return Linux.raw(SystemCall.FLOCK, fd.number(), LOCK_EX | LOCK_NB) == 0;
    }

    /** {@code link(2)}: a second name for a file; raw result (EEXIST, EPERM where the file system has no links, ...). */
    public static long link(final String from, final String to) {
        try (Arena arena = Arena.ofConfined()) {
            return Linux.raw(
                    SystemCall.LINK,
                    Linux.cString(arena, from).address(),
                    Linux.cString(arena, to).address());
        }
    }

    /**
     * {@code sync_file_range(2)}: has the kernel begin to write a part of a file to the disk, without waiting for it. Only
     * a hint that spreads the work of a later sync; raw result.
     */
    public static long startWriteBack(final Fd fd, final long offset, final long size) {
        return Linux.raw(SystemCall.SYNC_FILE_RANGE, fd.number(), offset, size, SYNC_FILE_RANGE_WRITE, 0, 0);
    }
}
