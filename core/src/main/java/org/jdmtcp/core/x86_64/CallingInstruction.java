package org.jdmtcp.core.x86_64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;
import org.jdmtcp.spi.linux.MemoryCalls;

/** The program's own code around a system call. */
public final class CallingInstruction {
    private static final int MOV_EAX = 0xb8;
    private static final int SYSCALL = 0x050f;
    /** {@code mov eax, NUMBER} and {@code syscall}. */
    private static final int SIZE = 7;

    private CallingInstruction() {}

    /**
     * The number of the call that was made just before an address, where the code loads it right there, as libraries do.
     *
     * @param pid whose memory is read
     * @param behind address behind the {@code syscall} instruction
     */
    public static OptionalLong number(final int pid, final long behind) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment code = arena.allocate(SIZE);
            if (MemoryCalls.readRaw(pid, behind - SIZE, code) != SIZE
                    || (code.get(ValueLayout.JAVA_BYTE, 0) & 0xff) != MOV_EAX
                    || code.get(ValueLayout.JAVA_SHORT_UNALIGNED, SIZE - 2) != SYSCALL) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(code.get(ValueLayout.JAVA_INT_UNALIGNED, 1));
        }
    }
}
