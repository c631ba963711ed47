package org.jdmtcp.plugin.timer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * What fdinfo tells of a timerfd, at one moment.
 *
 * <p>A periodic timer that has expired stands still until somebody asks, and fdinfo tells one expiration, however many there
 * were. {@code timerfd_gettime(2)} counts them and sets the timer going again, which the program does not notice. And fdinfo
 * prints the expirations somewhat later than it looks at the time that is left: where the timer expired in between, it is
 * looked at anew.
 *
 * @param clock clockid_t
 * @param ticks expirations that were not read yet
 * @param settimeFlags of the last timerfd_settime(2)
 * @param setting time that is left, interval
 * @param time what its clock shows to the agent just afterwards, ns
 */
record TimerFdInfo(int clock, long ticks, int settimeFlags, ItimerSpec setting, long time) {
    private static final Pattern INFO = Pattern.compile("clockid: (\\d+)\n"
            + "ticks: (\\d+)\n"
            + "settime flags: ([0-7]+)\n"
            + "it_value: \\((\\d+), (\\d+)\\)\n"
            + "it_interval: \\((\\d+), (\\d+)\\)\n");
    /** A timer that expires all the time never stands still for two looks: then it does not matter by so little. */
    private static final int LOOKS = 20;

    /** Looks at an open file of the agent's, or a duplicate of one of the program's. */
    static TimerFdInfo read(final Fd fd) {
        TimerFdInfo info = look(fd);
        for (int looks = 1; looks < LOOKS; looks++) {
            final TimerFdInfo next = look(fd);
            if (info.isBefore(next)) {
                return info;
            }
            info = next;
        }
        return new TimerFdInfo(
                info.clock,
                info.ticks,
                info.settimeFlags,
                new ItimerSpec(Math.max(1, info.setting.value()), info.setting.interval()),
                info.time);
    }

    /** Whether it has not expired from one look to the next: then the look was at one moment. */
    private boolean isBefore(final TimerFdInfo next) {
        final long left = setting.value();
        final long leftNow = next.setting.value();
        return ticks == next.ticks && (left == 0 ? leftNow == 0 : leftNow > 0 && leftNow <= left);
    }

    /** The time that is left, ns; 0 where it is not armed. */
    static long left(final Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment setting = arena.allocate(ItimerSpec.SIZE, 8);
            Linux.call(SystemCall.TIMERFD_GETTIME, fd.number(), setting.address());
            return ItimerSpec.of(setting.toArray(ValueLayout.JAVA_BYTE)).value();
        }
    }

    private static TimerFdInfo look(final Fd fd) {
        left(fd);
        final Path file = Path.of("/proc/self/fdinfo/" + fd.number());
        try {
            return parse(Files.readString(file), ProgramClock::hostTime);
        } catch (final IOException e) {
            throw new UncheckedIOException("reading " + file, e);
        }
    }

    static TimerFdInfo parse(final String text, final IntToLongFunction time) {
        final Matcher matcher = INFO.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("fdinfo of a timerfd lacks its lines: " + text);
        }
        final int clock = Integer.parseInt(matcher.group(1));
        return new TimerFdInfo(
                clock,
                Long.parseUnsignedLong(matcher.group(2)),
                Integer.parseInt(matcher.group(3), 8),
                new ItimerSpec(
                        ItimerSpec.nanoseconds(Long.parseLong(matcher.group(4)), Long.parseLong(matcher.group(5))),
                        ItimerSpec.nanoseconds(Long.parseLong(matcher.group(6)), Long.parseLong(matcher.group(7)))),
                time.applyAsLong(clock));
    }
}
