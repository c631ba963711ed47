package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Calls on names and whole files beyond reading and writing: advisory locks, hard links, write-back. Safe on any thread. */
public final class FileSystemCalls {
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int SYNC_FILE_RANGE_WRITE = 2;

    // linux/magic.h
    private static final long TMPFS_MAGIC = 0x01021994;
    private static final long RAMFS_MAGIC = 0x858458f6L;
    private static final long HUGETLBFS_MAGIC = 0x958458f6L;
    private static final int STATFS_SIZE = 120;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;

    private FileSystemCalls() {}

    /**
     * The {@code f_type} of {@code statfs(2)}: a constant of {@code linux/magic.h}.
     *
     * @throws LinuxException ENOENT, EACCES
     */
    public static long type(final String path) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment status = arena.allocate(STATFS_SIZE, 8);
            final long address = Linux.cString(arena, path).address();
            Linux.check(Linux.raw(SystemCall.STATFS, address, status.address()), "statfs(\"" + path + "\")");
            return status.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Whether a file consists of huge pages, which can be mapped and read but not written with {@code write(2)}. */
    public static boolean isHuge(final Fd file) {
        return type("/proc/self/fd/" + file.number()) == HUGETLBFS_MAGIC;
    }

    /** Whether a file lies in memory alone (tmpfs, ramfs, hugetlbfs), so that it is lost with the next boot. */
    public static boolean isInMemory(final String path) {
        final long type = type(path);
        return type == TMPFS_MAGIC || type == RAMFS_MAGIC || type == HUGETLBFS_MAGIC;
    }

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

    /** {@code fallocate(2)} that frees a part of a file, which reads as zeros then; raw result (EOPNOTSUPP). */
    public static long punchHole(final Fd file, final long offset, final long size) {
        return Linux.raw(
                SystemCall.FALLOCATE, file.number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, size, 0, 0);
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
