package org.jdmtcp.core.procfs;

/** {@code /proc/PID/oom_score_adj}: -1000 (never) to 1000 (first). */
public final class OomScoreAdj {
    private OomScoreAdj() {}

    public static int read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "oom_score_adj"));
    }

    public static int parse(byte[] text) {
        return parse(new ByteText("oom_score_adj", text));
    }

    static int parse(ByteText text) {
        int value = text.decInt();
        text.expect('\n');
        return value;
    }
}
