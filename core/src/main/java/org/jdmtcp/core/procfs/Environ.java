package org.jdmtcp.core.procfs;

import java.util.List;
import java.util.Optional;

/**
 * {@code /proc/PID/environ}: the environment with which the program was started; later setenv calls do not show. Byte strings
 * {@code NAME=value}. Of a zombie it is gone (ESRCH) or empty, as the kernel goes.
 */
public record Environ(List<String> entries) {
    public Environ {
        entries = List.copyOf(entries);
    }

    public static Environ read(int pid) {
        return new Environ(NulSeparated.parse(ProcFile.read(ProcDir.of(pid), "environ")));
    }

    public static Environ parse(byte[] text) {
        return new Environ(NulSeparated.parse(new ByteText("environ", text)));
    }

    /** The value of the first entry of this name, as getenv finds it. */
    public Optional<String> value(String name) {
        return entries.stream()
                .filter(entry -> entry.startsWith(name) && entry.startsWith("=", name.length()))
                .findFirst()
                .map(entry -> entry.substring(name.length() + 1));
    }
}
