package org.jdmtcp.core.x86_64;

import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * How a thread that was stopped inside a system call goes on without noticing.
 *
 * <p>The kernel marks an interrupted call by a result of -512 to -516 and restarts it when the thread runs on, if its
 * registers still say so. That works for the process itself, which keeps the kernel's notes; a reborn process has no such
 * notes, so there the call is made anew, with what remains of its time where the kernel has told the program.
 */
public final class SystemCallRestart {
    private static final long ERESTARTSYS = -512;
    private static final long ERESTARTNOINTR = -513;
    private static final long ERESTARTNOHAND = -514;
    private static final long ERESTART_RESTARTBLOCK = -516;
    /** Bytes of the {@code syscall} instruction. */
    private static final int INSTRUCTION_SIZE = 2;

    private static final int TIMER_ABSTIME = 1;

    private SystemCallRestart() {}

    /** Whether the thread was taken out of a system call that the kernel means to restart. */
    public static boolean isInterrupted(final Registers registers) {
        final long result = registers.result();
        return registers.systemCall() >= 0
                && (result == ERESTARTSYS
                        || result == ERESTARTNOINTR
                        || result == ERESTARTNOHAND
                        || result == ERESTART_RESTARTBLOCK);
    }

    /**
     * Registers with which a reborn thread makes its interrupted call again; unchanged where it was in none.
     *
     * <p>A relative sleep goes on with what is left where the program gave room for the remaining time: the kernel has
     * stored it there when it interrupted the call.
     */
    public static Registers anew(final Registers registers) {
        if (!isInterrupted(registers)) {
            return registers;
        }
        final Registers again = repeat(registers);
        if (registers.result() != ERESTART_RESTARTBLOCK) {
            return again;
        }
        final long number = registers.systemCall();
        if (number == SystemCall.NANOSLEEP.number() && registers.argument(1) != 0) {
            return again.withArgument(0, registers.argument(1));
        }
        if (number == SystemCall.CLOCK_NANOSLEEP.number()
                && (registers.argument(1) & TIMER_ABSTIME) == 0
                && registers.argument(3) != 0) {
            return again.withArgument(2, registers.argument(3));
        }
        return again;
    }

    /**
     * Some calls do not restart but fail with EINTR when a thread is merely stopped ({@code signal(7)}, "Interruption of
     * system calls by stop signals"). The stop was ours, so the program must not see it.
     *
     * @param signalWaits whether a signal is about to be delivered: then EINTR is the program's own
     */
    public static Registers withoutSpuriousInterrupt(final Registers registers, final boolean signalWaits) {
        if (registers.result() != -Errno.EINTR || signalWaits || !failsWhenStopped(registers.systemCall())) {
            return registers;
        }
        return repeat(registers);
    }

    private static boolean failsWhenStopped(final long number) {
        return number == SystemCall.EPOLL_WAIT.number()
                || number == SystemCall.EPOLL_PWAIT.number()
                || number == SystemCall.EPOLL_PWAIT2.number()
                || number == SystemCall.SEMOP.number()
                || number == SystemCall.SEMTIMEDOP.number()
                || number == SystemCall.RT_SIGTIMEDWAIT.number()
                || number == SystemCall.IO_GETEVENTS.number()
                || number == SystemCall.IO_PGETEVENTS.number()
                || number == SystemCall.IO_URING_ENTER.number()
                || isSocketCall(number);
    }

    // With SO_RCVTIMEO or SO_SNDTIMEO; the time begins anew then. Without these they restart by themselves.
    private static boolean isSocketCall(final long number) {
        return number == SystemCall.ACCEPT.number()
                || number == SystemCall.ACCEPT4.number()
                || number == SystemCall.CONNECT.number()
                || number == SystemCall.RECVFROM.number()
                || number == SystemCall.RECVMSG.number()
                || number == SystemCall.RECVMMSG.number()
                || number == SystemCall.SENDTO.number()
                || number == SystemCall.SENDMSG.number()
                || number == SystemCall.SENDMMSG.number();
    }

    private static Registers repeat(final Registers registers) {
        return registers
                .with(Registers.RAX, registers.systemCall())
                .at(registers.instructionPointer() - INSTRUCTION_SIZE);
    }
}
