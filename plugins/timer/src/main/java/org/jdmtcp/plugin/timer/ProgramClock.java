package org.jdmtcp.plugin.timer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jdmtcp.spi.linux.ClockCalls;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.view.ProcessView;

/** Clocks as a program sees them, which may be in another time namespace than the agent ({@code time_namespaces(7)}). */
final class ProgramClock {
    private static final int CLOCK_REALTIME_ALARM = 8;
    private static final int CLOCK_BOOTTIME_ALARM = 9;

    private ProgramClock() {}

    /** What a clock shows to the process now, ns. */
    static long now(final ProcessView process, final int clock) {
        final long offset = offset(process, clock);
        return hostTime(clock) + offset;
    }

    /** What it shows to the agent now, ns. */
    static long hostTime(final int clock) {
        return ClockCalls.time(base(clock));
    }

    /** By how much a clock of the process is ahead of the agent's, ns. */
    static long offset(final ProcessView process, final int clock) {
        return switch (base(clock)) {
            case ClockCalls.CLOCK_MONOTONIC -> ahead(process, "monotonic");
            case ClockCalls.CLOCK_BOOTTIME -> ahead(process, "boottime");
            default -> 0;
        };
    }

    /** The clock that an alarm clock goes by. */
    static int base(final int clock) {
        return switch (clock) {
            case CLOCK_REALTIME_ALARM -> ClockCalls.CLOCK_REALTIME;
            case CLOCK_BOOTTIME_ALARM -> ClockCalls.CLOCK_BOOTTIME;
            default -> clock;
        };
    }

    private static long ahead(final ProcessView process, final String name) {
        return offset(process.pid(), name) - offset(ProcessCalls.self(), name);
    }

    /** From the kernel's first time namespace to that of a process, ns; 0 where the kernel has no time namespaces. */
    private static long offset(final int pid, final String name) {
        final Path file = Path.of("/proc/" + pid + "/timens_offsets");
        try {
            return offset(Files.readString(file), name);
        } catch (final NoSuchFileException e) {
            return 0;
        } catch (final IOException e) {
            throw new UncheckedIOException("reading " + file, e);
        }
    }

    /** Lines of a name, seconds and nanoseconds. */
    static long offset(final String text, final String name) {
        for (final String line : text.split("\n", -1)) {
            final String[] words = line.trim().split("\\s+", -1);
            if (words.length == 3 && words[0].equals(name)) {
                return Long.parseLong(words[1]) * ClockCalls.SECOND + Long.parseLong(words[2]);
            }
        }
        return 0;
    }
}
