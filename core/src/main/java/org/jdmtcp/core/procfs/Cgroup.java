package org.jdmtcp.core.procfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /proc/PID/cgroup}: the control groups of a process, one per hierarchy. */
public record Cgroup(List<Entry> entries) {
    public Cgroup {
        entries = List.copyOf(entries);
    }

    /**
     * @param hierarchy number; 0 is the unified hierarchy (version 2)
     * @param controllers separated by commas; empty for version 2
     * @param path byte string, below the root of the reader's cgroup namespace; ends in " (deleted)" where it was removed
     */
    public record Entry(int hierarchy, String controllers, String path) {}

    public static Cgroup read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "cgroup"));
    }

    public static Cgroup parse(byte[] text) {
        return parse(new ByteText("cgroup", text));
    }

    static Cgroup parse(ByteText text) {
        List<Entry> found = new ArrayList<>();
        while (!text.atEnd()) {
            int hierarchy = text.decInt();
            text.expect(':');
            String controllers = text.until(':');
            found.add(new Entry(hierarchy, controllers, text.line()));
        }
        return new Cgroup(found);
    }

    /** The path in the unified hierarchy. */
    public Optional<String> unifiedPath() {
        return entries.stream()
                .filter(entry -> entry.hierarchy() == 0)
                .findFirst()
                .map(Entry::path);
    }
}
