package org.jdmtcp.core.tracee;

import org.jdmtcp.spi.linux.SystemCall;

/** How a stopped thread makes a system call while its process has no memory of ours. One call at a time. */
interface BareCall {
    /** Begins a call; the thread may be at it when this returns. */
    void start(SystemCall call, long... arguments);

    /** Waits for the end of the call. @return the kernel's result, or minus errno */
    long finish();

    /** Leaves no trace. The thread's registers are the program's by then. */
    void leave();

    /** Through a {@code syscall} instruction of the process's own: see {@link Tracee#systemCall}. */
    record OnInstruction(Tracee thread, long instruction, long[] result) implements BareCall {
        OnInstruction(final Tracee thread, final long instruction) {
            this(thread, instruction, new long[1]);
        }

        @Override
        public void start(final SystemCall call, final long... arguments) {
            result[0] = thread.systemCall(instruction, call, arguments);
        }

        @Override
        public long finish() {
            return result[0];
        }

        @Override
        public void leave() {}
    }
}
