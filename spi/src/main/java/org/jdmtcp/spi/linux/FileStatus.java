package org.jdmtcp.spi.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What {@code statx(2)} says of a file ({@code linux/stat.h}).
 *
 * @param device the device number of the file system, {@code major << 32 | minor}
 * @param inode the inode number
 * @param mode type and permission bits
 * @param links number of hard links; 0 for a deleted file
 * @param uid owner
 * @param gid group
 * @param size bytes
 * @param rdev the device number of a device file, {@code major << 32 | minor}
 * @param modifiedNanos last modification, nanoseconds since the epoch
 * @param changedNanos last change of the inode, nanoseconds since the epoch
 */
public record FileStatus(
        long device,
        long inode,
        int mode,
        int links,
        int uid,
        int gid,
        long size,
        long rdev,
        long modifiedNanos,
        long changedNanos) {
    public static final int S_IFMT = 0xF000;
    public static final int S_IFSOCK = 0xC000;
    public static final int S_IFLNK = 0xA000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFBLK = 0x6000;
    public static final int S_IFDIR = 0x4000;
    public static final int S_IFCHR = 0x2000;
    public static final int S_IFIFO = 0x1000;

    static final int SIZE = 256;
    static final int STATX_BASIC_STATS = 0x7ff;

    private static final long NLINK = 0x10;
    private static final long UID = 0x14;
    private static final long GID = 0x18;
    private static final long MODE = 0x1c;
    private static final long INO = 0x20;
    private static final long FILE_SIZE = 0x28;
    private static final long CTIME = 0x60;
    private static final long MTIME = 0x70;
    private static final long RDEV_MAJOR = 0x80;
    private static final long DEV_MAJOR = 0x88;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    static FileStatus of(final MemorySegment s) {
        return new FileStatus(
                pair(s, DEV_MAJOR),
                s.get(ValueLayout.JAVA_LONG, INO),
                Short.toUnsignedInt(s.get(ValueLayout.JAVA_SHORT, MODE)),
                s.get(ValueLayout.JAVA_INT, NLINK),
                s.get(ValueLayout.JAVA_INT, UID),
                s.get(ValueLayout.JAVA_INT, GID),
                s.get(ValueLayout.JAVA_LONG, FILE_SIZE),
                pair(s, RDEV_MAJOR),
                time(s, MTIME),
                time(s, CTIME));
    }

    private static long pair(final MemorySegment s, final long offset) {
        return (long) s.get(ValueLayout.JAVA_INT, offset) << 32
                | Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, offset + 4));
    }

    private static long time(final MemorySegment s, final long offset) {
        return s.get(ValueLayout.JAVA_LONG, offset) * NANOS_PER_SECOND
                + Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, offset + 8));
    }

    /** One of the {@code S_IF} constants. */
    public int type() {
        return mode & S_IFMT;
    }

    /** The permission bits with set-id and sticky. */
    public int permissions() {
        return mode & 07777;
    }

    public boolean isRegular() {
        return type() == S_IFREG;
    }

    public boolean isDirectory() {
        return type() == S_IFDIR;
    }

    /** Whether both describe the same inode of the same file system. */
    public boolean sameFile(final FileStatus other) {
        return device == other.device && inode == other.inode;
    }
}
