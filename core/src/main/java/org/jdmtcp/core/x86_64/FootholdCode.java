package org.jdmtcp.core.x86_64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The machine code for one system call in a process that has no memory of ours. It needs no stack and has no data but its own
 * constants.
 *
 * <p>Its ending is as fail-safe as that of {@link Gadget}: after the call the thread sends a signal to itself, for which a traced
 * thread stops. If the agent has died the signal does nothing, and the code puts the signal mask and every register that it has
 * used back by itself, then jumps to where the program was.
 */
public final class FootholdCode {
    /*
     * syscall; mov r12,rax; mov rdi,r13; mov rsi,r14; mov rdx,r15; mov eax,234 (tgkill); syscall
     */
    private static final byte[] CALL =
            HexFormat.of().parseHex("0f05" + "4989c4" + "4c89ef4c89f64c89fa" + "b8ea0000000f05");
    /*
     * mov edi,2 (SIG_SETMASK); lea rsi,[rip+MASK]; mov edx,0; mov r10d,8; mov eax,14 (rt_sigprocmask); syscall
     */
    private static final byte[] UNBLOCK_HEAD = HexFormat.of().parseHex("bf02000000" + "488d35");
    private static final byte[] UNBLOCK_TAIL =
            HexFormat.of().parseHex("ba00000000" + "41ba08000000" + "b80e0000000f05");
    /* jmp [rip+0], to the address that follows */
    private static final byte[] JUMP = HexFormat.of().parseHex("ff2500000000");

    /* mov REGISTER,CONSTANT */
    private record Load(int opcode, int register) {}

    private static final Load[] LOADS = {
        new Load(0x48b8, Registers.RAX),
        new Load(0x48b9, Registers.RCX),
        new Load(0x48ba, Registers.RDX),
        new Load(0x48be, Registers.RSI),
        new Load(0x48bf, Registers.RDI),
        new Load(0x49b8, Registers.R8),
        new Load(0x49b9, Registers.R9),
        new Load(0x49ba, Registers.R10),
        new Load(0x49bb, Registers.R11),
        new Load(0x49bc, Registers.R12),
        new Load(0x49bd, Registers.R13),
        new Load(0x49be, Registers.R14),
        new Load(0x49bf, Registers.R15),
    };
    private static final int LOAD_SIZE = 10;

    /** Offset of the instruction after the signal is sent: where a thread stands that has made its call. */
    public static final int END_OFFSET = CALL.length;

    private static final int LOADS_OFFSET = END_OFFSET + UNBLOCK_HEAD.length + 4 + UNBLOCK_TAIL.length;
    private static final int MASK_OFFSET = LOADS_OFFSET + LOADS.length * LOAD_SIZE + JUMP.length + 8;

    /** Bytes of the code. */
    public static final int SIZE = MASK_OFFSET + 8;

    private FootholdCode() {}

    /**
     * The code, position-independent.
     *
     * @param program the registers with which the program goes on should the agent die
     * @param mask the signals that it has blocked, bit N-1 for signal N
     */
    public static byte[] code(final Registers program, final long mask) {
        final ByteBuffer code = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        code.put(CALL).put(UNBLOCK_HEAD);
        code.putInt(MASK_OFFSET - (code.position() + 4)).put(UNBLOCK_TAIL);
        for (final Load load : LOADS) {
            code.put((byte) (load.opcode >> 8)).put((byte) load.opcode).putLong(program.get(load.register));
        }
        code.put(JUMP).putLong(program.instructionPointer()).putLong(mask);
        return code.array();
    }

    /**
     * The registers at the start.
     *
     * @param program the program's own registers, for the segments
     * @param code address of the code
     * @param tgid process id as the process itself sees it
     * @param tid thread id as the process itself sees it
     * @param signal that is sent after the call
     */
    public static Registers enter(
            final Registers program,
            final long code,
            final int number,
            final long[] arguments,
            final int tgid,
            final int tid,
            final int signal) {
        return program.toSystemCall(code, number, arguments)
                .with(Registers.R13, tgid)
                .with(Registers.R14, tid)
                .with(Registers.R15, signal);
    }

    /** What the call returned, in the registers of a thread at {@link #END_OFFSET}. */
    public static long result(final Registers end) {
        return end.get(Registers.R12);
    }
}
