package org.jdmtcp.core.x86_64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The signal frame that {@code rt_sigreturn} takes a thread's whole state from: {@code struct rt_sigframe} of
 * {@code arch/x86/include/asm/sigframe.h}, {@code struct ucontext} of {@code asm-generic/ucontext.h}, extended state as
 * {@code arch/x86/kernel/fpu/signal.c} expects it.
 */
public final class SignalFrame {
    private static final int UCONTEXT = 8;
    private static final int UC_FLAGS = UCONTEXT;
    private static final int UC_STACK = UCONTEXT + 16;
    private static final int SIGCONTEXT = UCONTEXT + 40;
    private static final int SC_CS = SIGCONTEXT + 144;
    private static final int SC_SS = SIGCONTEXT + 150;
    private static final int SC_FPSTATE = SIGCONTEXT + 184;
    private static final int UC_SIGMASK = UCONTEXT + 296;
    private static final int FPSTATE = 320;
    private static final int FP_SW_RESERVED = 464;
    private static final int FP_XSTATE_MAGIC1 = 0x46505853;
    private static final int FP_XSTATE_MAGIC2 = 0x46505845;
    /** UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS. */
    private static final long FLAGS = 7;

    private static final int SS_DISABLE = 2;

    private static final int[] REGISTERS = {
        Registers.R8, Registers.R9, Registers.R10, Registers.R11, Registers.R12, Registers.R13, Registers.R14,
        Registers.R15, Registers.RDI, Registers.RSI, Registers.RBP, Registers.RBX, Registers.RDX, Registers.RAX,
        Registers.RCX, Registers.RSP, Registers.RIP, Registers.EFLAGS
    };

    private SignalFrame() {}

    /** Bytes of a frame for an extended state of that size. */
    public static int size(final int extendedStateSize) {
        return FPSTATE + extendedStateSize + 8;
    }

    /**
     * Lays a frame out.
     *
     * @param address where it will be in the process; aligned to 64
     * @param registers the state to return to; a restart of an interrupted system call must be applied already
     * @param extended the NT_X86_XSTATE register set
     * @param mask blocked signals, bit N-1 for signal N
     */
    public static byte[] bytes(final long address, final Registers registers, final byte[] extended, final long mask) {
        final ByteBuffer frame = ByteBuffer.allocate(size(extended.length)).order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(UC_FLAGS, FLAGS);
        // The alternate stack is left as it is: rt_sigreturn ignores one that it may not set, such as while on it.
        frame.putInt(UC_STACK + 8, SS_DISABLE | 0x4000_0000);
        for (int i = 0; i < REGISTERS.length; i++) {
            frame.putLong(SIGCONTEXT + 8 * i, registers.get(REGISTERS[i]));
        }
        frame.putShort(SC_CS, (short) registers.get(Registers.CS));
        frame.putShort(SC_SS, (short) registers.get(Registers.SS));
        frame.putLong(SC_FPSTATE, address + FPSTATE);
        frame.putLong(UC_SIGMASK, mask);
        frame.put(FPSTATE, extended);
        final long features = frame.getLong(FPSTATE + FP_SW_RESERVED);
        frame.putInt(FPSTATE + FP_SW_RESERVED, FP_XSTATE_MAGIC1);
        frame.putInt(FPSTATE + FP_SW_RESERVED + 4, extended.length + 4);
        frame.putLong(FPSTATE + FP_SW_RESERVED + 8, features);
        frame.putInt(FPSTATE + FP_SW_RESERVED + 16, extended.length);
        frame.putInt(FPSTATE + extended.length, FP_XSTATE_MAGIC2);
        return frame.array();
    }
}
