package org.jdmtcp.core.procfs;

/** {@code /proc/PID/coredump_filter}: the bits of core(5) that say which memory a core dump holds. */
public final class CoreDumpFilter {
    private CoreDumpFilter() {}

    public static int read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "coredump_filter"));
    }

    public static int parse(byte[] text) {
        return parse(new ByteText("coredump_filter", text));
    }

    static int parse(ByteText text) {
        int value = (int) text.hex();
        text.expect('\n');
        return value;
    }
}
