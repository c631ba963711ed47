package org.jdmtcp.core.x86_64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;

/**
 * The {@code syscall} instruction that every process has in its [vdso]: through it a process that has no memory of ours yet
 * makes its first system call, without a byte of its text being changed.
 */
public final class Vdso {
    private static final int SYSCALL_INSTRUCTION = 0x050f;

    private Vdso() {}

    /**
     * Looks for the instruction.
     *
     * @param pid whose memory is read
     * @param start address of the [vdso] mapping in it
     * @param size bytes of the mapping
     * @return address of a {@code syscall} instruction
     * @throws LinuxException EFAULT, ESRCH where it cannot be read
     * @throws IllegalStateException where the vdso holds none
     */
    public static long systemCallInstruction(final int pid, final long start, final long size) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment text = arena.allocate(size, 8);
            MemoryCalls.read(pid, start, text);
            for (long i = 0; i + 1 < size; i++) {
                if (text.get(ValueLayout.JAVA_SHORT_UNALIGNED, i) == SYSCALL_INSTRUCTION) {
                    return start + i;
                }
            }
        }
        throw new IllegalStateException("the vdso of process " + pid + " has no syscall instruction");
    }
}
