package org.jdmtcp.core.procfs;

/**
 * {@code /proc/PID/timens_offsets}: by how much the clocks of a process's children are ahead of those of the first time
 * namespace.
 *
 * @param monotonic CLOCK_MONOTONIC, ns
 * @param boottime CLOCK_BOOTTIME, ns
 */
public record TimeOffsets(long monotonic, long boottime) {
    private static final long SECOND = 1_000_000_000;

    public static TimeOffsets read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "timens_offsets"));
    }

    public static TimeOffsets parse(byte[] text) {
        return parse(new ByteText("timens_offsets", text));
    }

    static TimeOffsets parse(ByteText text) {
        long monotonic = 0;
        long boottime = 0;
        while (!text.atEnd()) {
            String[] words = text.line().trim().split("\\s+", -1);
            if (words.length == 3) {
                long offset = Long.parseLong(words[1]) * SECOND + Long.parseLong(words[2]);
                if (words[0].equals("monotonic")) {
                    monotonic = offset;
                } else if (words[0].equals("boottime")) {
                    boottime = offset;
                }
            }
        }
        return new TimeOffsets(monotonic, boottime);
    }

    /** As it is written to the file. */
    public String text() {
        return line("monotonic", monotonic) + line("boottime", boottime);
    }

    private static String line(String name, long offset) {
        return name + " " + Math.floorDiv(offset, SECOND) + " " + Math.floorMod(offset, SECOND) + "\n";
    }
}
