package org.jdmtcp.plugin.fd;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdmtcp.spi.linux.FileStatus;

/**
 * What the kernel says of a watched file in the fdinfo of inotify and fanotify ({@code fs/notify/fdinfo.c}).
 *
 * @param inode inode number
 * @param device of the file system, {@code major << 20 | minor}
 * @param handleType {@code handle_type} of its file handle
 * @param handle the file handle as hexadecimal digits; empty where the file system has none
 */
record WatchedInode(long inode, long device, int handleType, String handle) {
    private static final Pattern INODE = Pattern.compile("\\bino:([0-9a-f]+) sdev:([0-9a-f]+)");
    private static final Pattern HANDLE =
            Pattern.compile("fhandle-bytes:([0-9a-f]+) fhandle-type:([0-9a-f]+) f_handle:([0-9a-f]+)");
    private static final int MINOR_BITS = 20;

    /** From a line of fdinfo; empty where it tells of no inode. */
    static Optional<WatchedInode> parse(final String line) {
        final Matcher inode = INODE.matcher(line);
        if (!inode.find()) {
            return Optional.empty();
        }
        final Matcher handle = HANDLE.matcher(line);
        final boolean has = handle.find();
        return Optional.of(new WatchedInode(
                Long.parseUnsignedLong(inode.group(1), 16),
                Long.parseUnsignedLong(inode.group(2), 16),
                has ? Integer.parseUnsignedInt(handle.group(2), 16) : 0,
                has ? handle.group(3).substring(0, 2 * Integer.parseInt(handle.group(1), 16)) : ""));
    }

    /** The device of a status in the form of {@link #device}. */
    static long device(final FileStatus status) {
        return status.device() >>> 32 << MINOR_BITS | status.device() & 0xffff_ffffL;
    }

    boolean isSame(final WatchedInode other) {
        return inode == other.inode && device == other.device;
    }

    byte[] handleBytes() {
        return HexFormat.of().parseHex(handle);
    }

    /** The device as mountinfo writes it: {@code 254:0}. */
    static String deviceText(final long device) {
        return (device >> MINOR_BITS) + ":" + (device & (1 << MINOR_BITS) - 1);
    }
}
