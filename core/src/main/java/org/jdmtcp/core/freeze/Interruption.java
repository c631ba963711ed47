package org.jdmtcp.core.freeze;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.x86_64.Registers;
import org.jdmtcp.core.x86_64.SystemCallRestart;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.MemoryCalls;

/** Undoes what a program could notice of having been stopped just here. */
final class Interruption {
    /** Offset of {@code rseq_cs} in {@code struct rseq}: {@code linux/rseq.h}. */
    private static final int RSEQ_CS = 8;

    private static final int RSEQ_CS_SIZE = 32;

    private Interruption() {}

    /** Mends a thread that has just stopped. */
    static void mend(final Tracee thread) {
        mendSystemCall(thread);
        thread.rseq().ifPresent(rseq -> mendCriticalSection(thread, rseq));
    }

    private static void mendSystemCall(final Tracee thread) {
        final Registers registers = thread.registers();
        if (registers.result() != -Errno.EINTR) {
            return;
        }
        final Status status = Status.read(thread.pid(), thread.tid());
        final boolean signalWaits = ((status.pending() | status.sharedPending()) & ~status.blocked()) != 0;
        final Registers mended = SystemCallRestart.withoutSpuriousInterrupt(registers, signalWaits);
        if (mended != registers) {
            thread.setRegisters(mended);
        }
    }

    // A thread inside a restartable sequence has to continue at the sequence's abort handler. The kernel does that when
    // a
    // thread comes back from a preemption; but it looks at the registers then, and those will be ours: it would forget
    // the
    // sequence, and the thread would later go on in the middle of one without protection.
    private static void mendCriticalSection(final Tracee thread, final Ptrace.RseqConfiguration rseq) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment section = arena.allocate(RSEQ_CS_SIZE, 8);
            final MemorySegment pointer = section.asSlice(0, 8);
            MemoryCalls.read(thread.tid(), rseq.pointer() + RSEQ_CS, pointer);
            final long address = pointer.get(ValueLayout.JAVA_LONG, 0);
            if (address == 0) {
                return;
            }
            MemoryCalls.read(thread.tid(), address, section);
            final long start = section.get(ValueLayout.JAVA_LONG, 8);
            final long length = section.get(ValueLayout.JAVA_LONG, 16);
            final long abort = section.get(ValueLayout.JAVA_LONG, 24);
            final long position = thread.registers().instructionPointer() - start;
            if (Long.compareUnsigned(position, length) < 0) {
                thread.setRegisters(thread.registers().at(abort));
            }
        }
    }
}
