package org.jdmtcp.core.procfs;

/** {@code /proc/TID/timerslack_ns}: by how many nanoseconds the thread's timeouts may be late. */
public final class TimerSlack {
    private TimerSlack() {}

    /**
     * Nanoseconds. The file is not among those of a thread, but /proc finds a thread by its id too.
     *
     * @param tid a thread, or a process for its leader. Reading another's takes CAP_SYS_NICE
     */
    public static long read(int tid) {
        return parse(ProcFile.read(ProcDir.of(tid), "timerslack_ns"));
    }

    public static long parse(byte[] text) {
        return parse(new ByteText("timerslack_ns", text));
    }

    static long parse(ByteText text) {
        long value = text.dec();
        text.expect('\n');
        return value;
    }
}
