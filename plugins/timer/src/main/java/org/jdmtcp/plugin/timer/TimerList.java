package org.jdmtcp.plugin.timer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /proc/PID/timers}: the POSIX timers of a process. */
final class TimerList {
    private static final Pattern TIMER = Pattern.compile("ID: (\\d+)\n"
            + "signal: (\\d+)/(?:0x)?([0-9a-f]+)\n"
            + "notify: (signal|none|thread)/(pid|tid)\\.(-?\\d+)\n"
            + "ClockID: (-?\\d+)\n");

    private TimerList() {}

    /**
     * @param signal number; of no meaning with SIGEV_NONE
     * @param value sigev_value
     * @param thread with SIGEV_THREAD_ID the thread that gets the signal, as the reader of the file numbers it; else 0
     * @param clock clockid_t as the kernel keeps it: negative for clocks of processor time
     */
    record Entry(int id, int signal, long value, PosixTimer.Notification notification, int thread, int clock) {}

    /** The timers of a process, ids ascending. */
    static List<Entry> read(final int pid) {
        final Path file = Path.of("/proc/" + pid + "/timers");
        try {
            return parse(Files.readString(file));
        } catch (final IOException e) {
            throw new UncheckedIOException("reading " + file + " (the kernel needs CONFIG_CHECKPOINT_RESTORE)", e);
        }
    }

    static List<Entry> parse(final String text) {
        final List<Entry> entries = new ArrayList<>();
        final Matcher matcher = TIMER.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            end = matcher.end();
            entries.add(new Entry(
                    Integer.parseInt(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    Long.parseUnsignedLong(matcher.group(3), 16),
                    notification(matcher.group(4)),
                    matcher.group(5).equals("tid") ? Integer.parseInt(matcher.group(6)) : 0,
                    Integer.parseInt(matcher.group(7))));
        }
        if (end != text.length()) {
            throw new IllegalStateException("/proc/PID/timers: unexpected \"" + text.substring(end) + "\"");
        }
        entries.sort(Comparator.comparing(Entry::id));
        return entries;
    }

    private static PosixTimer.Notification notification(final String name) {
        return switch (name) {
            case "none" -> PosixTimer.Notification.NONE;
            case "thread" -> PosixTimer.Notification.THREAD;
            default -> PosixTimer.Notification.SIGNAL;
        };
    }
}
