package org.jdmtcp.core.procfs;

/** {@code /proc/PID/personality}: the PER_ and ADDR_ bits of personality(2), per thread. */
public final class Personality {
    private Personality() {}

    public static int read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "personality"));
    }

    public static int read(int pid, int tid) {
        return parse(ProcFile.read(ProcDir.of(pid, tid), "personality"));
    }

    public static int parse(byte[] text) {
        return parse(new ByteText("personality", text));
    }

    static int parse(ByteText text) {
        int value = (int) text.hex();
        text.expect('\n');
        return value;
    }
}
