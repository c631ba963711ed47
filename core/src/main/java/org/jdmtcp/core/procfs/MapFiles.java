package org.jdmtcp.core.procfs;

import java.util.Optional;

/**
 * {@code /proc/PID/map_files}: links to the files behind mappings, which can be opened even where the name is deleted. Opening
 * or reading one takes CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN in the initial user namespace (EPERM).
 */
public final class MapFiles {
    private MapFiles() {}

    public static String path(int pid, Mapping mapping) {
        return path(pid, mapping.start(), mapping.end());
    }

    public static String path(int pid, long start, long end) {
        return ProcDir.of(pid).file(name(start, end));
    }

    /** The name of the file as a byte string, escapes and all decoded; empty if the mapping has no file. */
    public static Optional<String> readLink(int pid, Mapping mapping) {
        return ProcFile.readLink(ProcDir.of(pid), name(mapping.start(), mapping.end()));
    }

    private static String name(long start, long end) {
        return "map_files/" + Long.toHexString(start) + '-' + Long.toHexString(end);
    }
}
