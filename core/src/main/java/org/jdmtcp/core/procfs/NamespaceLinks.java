package org.jdmtcp.core.procfs;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * {@code /proc/PID/ns}: the namespaces of a process. Two processes with the same number are in the same namespace.
 *
 * @param inodes number by name ({@code mnt}, {@code pid}, {@code pid_for_children}, ...)
 */
public record NamespaceLinks(Map<String, Long> inodes) {
    public NamespaceLinks {
        inodes = Map.copyOf(inodes);
    }

    public static NamespaceLinks read(int pid) {
        return read(ProcDir.of(pid));
    }

    public static NamespaceLinks read(int pid, int tid) {
        return read(ProcDir.of(pid, tid));
    }

    private static NamespaceLinks read(ProcDir dir) {
        Map<String, Long> found = new TreeMap<>();
        for (String name : ProcFile.list(dir, "ns")) {
            Optional<String> target = ProcFile.readLink(dir, "ns/" + name);
            target.ifPresent(link -> found.put(name, parseLink(link)));
        }
        return new NamespaceLinks(found);
    }

    /** The number of a link such as {@code net:[4026531833]}. */
    public static long parseLink(String link) {
        int open = link.indexOf(":[");
        if (open <= 0 || !link.endsWith("]")) {
            throw new ProcFormatException("ns", 0, "'name:[number]'", "'" + link + "'");
        }
        return Long.parseLong(link, open + 2, link.length() - 1, 10);
    }

    /** Empty where this kernel has no such kind of namespace. */
    public OptionalLong inode(String name) {
        Long inode = inodes.get(name);
        return inode == null ? OptionalLong.empty() : OptionalLong.of(inode);
    }
}
