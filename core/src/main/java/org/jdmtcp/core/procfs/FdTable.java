package org.jdmtcp.core.procfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code /proc/PID/fd}: the open descriptors, ascending. Of a running process, descriptors that are closed while this is read
 * are left out.
 */
public record FdTable(List<Entry> entries) {
    public FdTable {
        entries = List.copyOf(entries);
    }

    /**
     * @param target what the descriptor's link says, a byte string, not escaped: a path (perhaps with " (deleted)"), or
     *     {@code pipe:[inode]}, {@code socket:[inode]}, {@code anon_inode:[eventpoll]} and the like
     */
    public record Entry(int fd, String target) {}

    public static FdTable read(int pid) {
        return read(ProcDir.of(pid));
    }

    /** As the thread sees it: threads made without CLONE_FILES have descriptors of their own. */
    public static FdTable read(int pid, int tid) {
        return read(ProcDir.of(pid, tid));
    }

    /** The numbers alone, ascending. */
    public static int[] numbers(int pid) {
        return ProcFile.listNumbers(ProcDir.of(pid), "fd");
    }

    private static FdTable read(ProcDir dir) {
        int[] numbers = ProcFile.listNumbers(dir, "fd");
        List<Entry> entries = new ArrayList<>(numbers.length);
        for (int fd : numbers) {
            Optional<String> target = ProcFile.readLink(dir, "fd/" + fd);
            target.ifPresent(found -> entries.add(new Entry(fd, found)));
        }
        return new FdTable(entries);
    }
}
