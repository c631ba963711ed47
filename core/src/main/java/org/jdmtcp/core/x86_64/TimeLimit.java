package org.jdmtcp.core.x86_64;

import java.util.Optional;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Where a system call keeps the time after which it gives up. Only for calls whose time counts from their beginning, and of
 * which the kernel does not write what is left into the program's memory: {@code select}, {@code pselect6} and {@code ppoll}
 * do, and {@code nanosleep} does if it was given room for it. Absolute times need no care.
 *
 * @param argument which argument says it, 0 to 5
 * @param form how it is said
 * @param kernelKeeps whether a thread that merely was stopped goes on until the same end, because the kernel has noted that
 *     end (ERESTART_RESTARTBLOCK); else the call is made anew and its time begins anew
 */
public record TimeLimit(int argument, Form form, boolean kernelKeeps) {
    private static final long TIMER_ABSTIME = 1;
    private static final long FUTEX_COMMAND = 0x7f;
    private static final long FUTEX_WAIT = 0;

    /** How a time is said. */
    public enum Form {
        /** The argument is a 32-bit number of milliseconds, negative for no limit. */
        MILLISECONDS,
        /** The argument is the address of a {@code struct timespec}, 0 for no limit. */
        TIMESPEC
    }

    /**
     * The limit of a call, if it has one of this kind.
     *
     * @param number of the system call
     * @param arguments all six
     */
    public static Optional<TimeLimit> of(final long number, final long[] arguments) {
        return find(number, arguments).filter(limit -> limit.isSet(arguments));
    }

    private static Optional<TimeLimit> find(final long number, final long[] arguments) {
        if (number == SystemCall.NANOSLEEP.number()) {
            return arguments[1] == 0 ? Optional.of(new TimeLimit(0, Form.TIMESPEC, true)) : Optional.empty();
        }
        if (number == SystemCall.CLOCK_NANOSLEEP.number()) {
            return (arguments[1] & TIMER_ABSTIME) == 0 && arguments[3] == 0
                    ? Optional.of(new TimeLimit(2, Form.TIMESPEC, true))
                    : Optional.empty();
        }
        if (number == SystemCall.FUTEX.number()) {
            return (arguments[1] & FUTEX_COMMAND) == FUTEX_WAIT
                    ? Optional.of(new TimeLimit(3, Form.TIMESPEC, true))
                    : Optional.empty();
        }
        if (number == SystemCall.POLL.number()) {
            return Optional.of(new TimeLimit(2, Form.MILLISECONDS, true));
        }
        if (number == SystemCall.EPOLL_WAIT.number() || number == SystemCall.EPOLL_PWAIT.number()) {
            return Optional.of(new TimeLimit(3, Form.MILLISECONDS, false));
        }
        if (number == SystemCall.RT_SIGTIMEDWAIT.number()) {
            return Optional.of(new TimeLimit(2, Form.TIMESPEC, false));
        }
        if (number == SystemCall.SEMTIMEDOP.number() || number == SystemCall.EPOLL_PWAIT2.number()) {
            return Optional.of(new TimeLimit(3, Form.TIMESPEC, false));
        }
        if (number == SystemCall.IO_GETEVENTS.number() || number == SystemCall.IO_PGETEVENTS.number()) {
            return Optional.of(new TimeLimit(4, Form.TIMESPEC, false));
        }
        return Optional.empty();
    }

    private boolean isSet(final long[] arguments) {
        return switch (form) {
            case MILLISECONDS -> (int) arguments[argument] > 0;
            case TIMESPEC -> arguments[argument] != 0;
        };
    }
}
