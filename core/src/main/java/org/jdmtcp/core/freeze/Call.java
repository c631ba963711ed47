package org.jdmtcp.core.freeze;

import java.util.Optional;
import org.jdmtcp.core.procfs.Syscall;
import org.jdmtcp.core.x86_64.Registers;
import org.jdmtcp.core.x86_64.TimeLimit;
import org.jdmtcp.spi.linux.SystemCall;

/** A system call that a thread is in: number, arguments, stack pointer, address behind the instruction that made it. */
record Call(long number, long arg0, long arg1, long arg2, long arg3, long arg4, long arg5, long sp, long pc) {
    static Call of(final Syscall.Inside at) {
        return new Call(
                at.number(), at.arg0(), at.arg1(), at.arg2(), at.arg3(), at.arg4(), at.arg5(), at.sp(), at.pc());
    }

    static Call of(final Registers r) {
        return new Call(
                r.systemCall(),
                r.argument(0),
                r.argument(1),
                r.argument(2),
                r.argument(3),
                r.argument(4),
                r.argument(5),
                r.stackPointer(),
                r.instructionPointer());
    }

    /** Whether the kernel is going on with a call that was interrupted: the number is not that of the call then. */
    boolean isResumed() {
        return number == SystemCall.RESTART_SYSCALL.number();
    }

    Call numbered(final long other) {
        return new Call(other, arg0, arg1, arg2, arg3, arg4, arg5, sp, pc);
    }

    Optional<TimeLimit> limit() {
        return TimeLimit.of(number, new long[] {arg0, arg1, arg2, arg3, arg4, arg5});
    }
}
