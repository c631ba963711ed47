package org.jdmtcp.core.procfs;

import java.util.List;

/**
 * {@code /proc/PID/cmdline}: the arguments as they stand in the process's memory, which it may have changed. Byte strings;
 * none for a zombie.
 */
public record CommandLine(List<String> arguments) {
    public CommandLine {
        arguments = List.copyOf(arguments);
    }

    public static CommandLine read(int pid) {
        return new CommandLine(NulSeparated.parse(ProcFile.read(ProcDir.of(pid), "cmdline")));
    }

    public static CommandLine parse(byte[] text) {
        return new CommandLine(NulSeparated.parse(new ByteText("cmdline", text)));
    }
}
