package org.jdmtcp.core.procfs;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code /proc/PID/fdinfo/FD}: one descriptor and the open file behind it.
 *
 * @param pos file offset in bytes
 * @param flags O_ flags of open, with O_CLOEXEC (which is the descriptor's) in it
 * @param mntId mount, as in {@link MountInfo}
 * @param ino inode; 0 on kernels before 5.14, which do not say
 * @param lines all further lines in order, without their newlines: {@code tfd:} of epoll, {@code lock:}, and so on
 */
public record FdInfo(long pos, int flags, int mntId, long ino, List<String> lines) {
    private static final int O_CLOEXEC = 02000000;

    public FdInfo {
        lines = List.copyOf(lines);
    }

    /** @throws java.io.UncheckedIOException if the descriptor is closed (ENOENT) */
    public static FdInfo read(int pid, int fd) {
        return parse(ProcFile.read(ProcDir.of(pid), "fdinfo/" + fd));
    }

    /** As the thread sees it: threads made without CLONE_FILES have descriptors of their own. */
    public static FdInfo read(int pid, int tid, int fd) {
        return parse(ProcFile.read(ProcDir.of(pid, tid), "fdinfo/" + fd));
    }

    public static FdInfo parse(byte[] text) {
        return parse(new ByteText("fdinfo", text));
    }

    static FdInfo parse(ByteText text) {
        text.expect("pos:");
        text.skipBlanks();
        final long pos = text.dec();
        text.expect('\n');
        text.expect("flags:");
        text.skipBlanks();
        final int flags = (int) text.octal();
        text.expect('\n');
        text.expect("mnt_id:");
        text.skipBlanks();
        final int mntId = text.decInt();
        text.expect('\n');
        long ino = 0;
        List<String> lines = new ArrayList<>();
        boolean inoSeen = false;
        while (!text.atEnd()) {
            String line = text.line();
            // Only the first: lines of inotify also begin with names of this kind.
            if (!inoSeen && lines.isEmpty() && line.startsWith("ino:\t")) {
                ino = Long.parseUnsignedLong(line, 5, line.length(), 10);
                inoSeen = true;
            } else {
                lines.add(line);
            }
        }
        return new FdInfo(pos, flags, mntId, ino, lines);
    }

    public boolean closeOnExec() {
        return (flags & O_CLOEXEC) != 0;
    }

    /** The values of all further lines {@code key: value}, in order, without the blanks around them. */
    public List<String> values(String key) {
        List<String> found = new ArrayList<>();
        for (String line : lines) {
            if (line.length() > key.length() && line.startsWith(key) && line.charAt(key.length()) == ':') {
                found.add(line.substring(key.length() + 1).strip());
            }
        }
        return found;
    }

    /** The {@code lock:} lines: flock, POSIX and open-file-description locks, leases, as in /proc/locks. */
    public List<String> locks() {
        return values("lock");
    }
}
