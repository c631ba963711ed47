package org.jdmtcp.core.procfs;

import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * {@code /proc/PID/task/TID/sched}: what the scheduler knows of a thread.
 *
 * @param lastRun when it last ran, in nanoseconds of the clock of the processor that it ran on; of a thread that sleeps, when
 *     it fell asleep. The clocks of processors differ, and none counts what interrupts or a hypervisor took
 * @param voluntarySwitches how often it has gone to sleep
 */
public record Sched(long lastRun, long voluntarySwitches) {
    private static final String LAST_RUN = "se.exec_start";
    private static final String VOLUNTARY_SWITCHES = "nr_voluntary_switches";
    private static final long NANOS = 1_000_000;

    /** Empty where the kernel does not tell: before Linux 6.15 it does with CONFIG_SCHED_DEBUG only. */
    public static Optional<Sched> read(int pid, int tid) {
        try {
            return parse(ProcFile.read(ProcDir.of(pid, tid), "sched"));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    public static Optional<Sched> parse(byte[] text) {
        return parse(new ByteText("sched", text));
    }

    // "se.exec_start      :      683989.993186" are milliseconds; names and order of other lines change with the
    // kernel.
    private static Optional<Sched> parse(ByteText text) {
        long lastRun = -1;
        while (!text.atEnd()) {
            String line = text.line();
            if (line.startsWith(LAST_RUN)) {
                String[] parts = value(line).split("\\.");
                lastRun = Long.parseLong(parts[0]) * NANOS + Long.parseLong(parts[1]);
            } else if (line.startsWith(VOLUNTARY_SWITCHES) && lastRun >= 0) {
                return Optional.of(new Sched(lastRun, Long.parseLong(value(line))));
            }
        }
        return Optional.empty();
    }

    private static String value(String line) {
        return line.substring(line.indexOf(':') + 1).strip();
    }
}
