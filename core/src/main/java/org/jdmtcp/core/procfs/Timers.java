package org.jdmtcp.core.procfs;

import java.util.ArrayList;
import java.util.List;

/** {@code /proc/PID/timers}: the POSIX timers of a process, in the kernel's order (the newest first). */
public record Timers(List<Timer> timers) {
    public Timers {
        timers = List.copyOf(timers);
    }

    /**
     * @param id as timer_settime takes it
     * @param signal number, 0 with SIGEV_NONE
     * @param value sigev_value as a pointer
     * @param notification {@code signal}, {@code none} or {@code thread}
     * @param toThread SIGEV_THREAD_ID: {@code target} is a thread and not a process
     * @param target pid or tid as the reader of this file numbers it
     * @param clockId clockid_t; negative for clocks of processor time
     */
    public record Timer(
            int id, int signal, long value, String notification, boolean toThread, int target, int clockId) {}

    public static Timers read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "timers"));
    }

    public static Timers parse(byte[] text) {
        return parse(new ByteText("timers", text));
    }

    static Timers parse(ByteText text) {
        List<Timer> found = new ArrayList<>();
        while (!text.atEnd()) {
            found.add(timer(text));
        }
        return new Timers(found);
    }

    private static Timer timer(ByteText text) {
        text.expect("ID: ");
        final int id = text.decInt();
        text.expect("\nsignal: ");
        final int signal = text.decInt();
        text.expect('/');
        final long value = text.prefixedHex();
        text.expect("\nnotify: ");
        final String notification = text.until('/');
        final String kind = text.until('.');
        final int target = text.decInt();
        text.expect("\nClockID: ");
        final int clockId = text.decInt();
        text.expect('\n');
        return new Timer(id, signal, value, notification, kind.equals("tid"), target, clockId);
    }
}
