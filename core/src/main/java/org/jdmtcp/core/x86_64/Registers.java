package org.jdmtcp.core.x86_64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * General registers of a stopped thread: {@code struct user_regs_struct} of {@code asm/user_64.h}, the bytes of the
 * NT_PRSTATUS register set. A value; the with-methods give changed copies.
 */
public final class Registers {
    /** The NT_PRSTATUS register set of {@code linux/elf.h}. */
    public static final int NOTE = 1;
    /** Bytes of {@code struct user_regs_struct}. */
    public static final int SIZE = 216;

    static final int R15 = 0;
    static final int R14 = 8;
    static final int R13 = 16;
    static final int R12 = 24;
    static final int RBP = 32;
    static final int RBX = 40;
    static final int R11 = 48;
    static final int R10 = 56;
    static final int R9 = 64;
    static final int R8 = 72;
    static final int RAX = 80;
    static final int RCX = 88;
    static final int RDX = 96;
    static final int RSI = 104;
    static final int RDI = 112;
    static final int ORIG_RAX = 120;
    static final int RIP = 128;
    static final int CS = 136;
    static final int EFLAGS = 144;
    static final int RSP = 152;
    static final int SS = 160;

    private static final long TRAP_FLAG = 0x100;
    private static final long DIRECTION_FLAG = 0x400;
    private static final int CS_64_BIT = 0x33;

    private final ByteBuffer bytes;

    /** @param bytes the register set as the kernel gave it */
    public Registers(final byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException(
                    "a register set of " + bytes.length + " bytes is not of a 64-bit program");
        }
        this.bytes = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Registers(final Registers other) {
        this(other.bytes.array());
    }

    /** The bytes for PTRACE_SETREGSET. */
    public byte[] toBytes() {
        return bytes.array().clone();
    }

    long get(final int offset) {
        return bytes.getLong(offset);
    }

    Registers with(final int offset, final long value) {
        final Registers copy = new Registers(this);
        copy.bytes.putLong(offset, value);
        return copy;
    }

    /** Address of the next instruction. */
    public long instructionPointer() {
        return get(RIP);
    }

    /** Address of the top of the stack. */
    public long stackPointer() {
        return get(RSP);
    }

    /** What the last system call returned, if the thread has just come from one. */
    public long result() {
        return get(RAX);
    }

    /** The number of the system call that the thread is in, or -1. */
    public long systemCall() {
        return get(ORIG_RAX);
    }

    /** An argument of the system call that the thread is in. @param index 0 to 5 */
    public long argument(final int index) {
        return get(argumentOffset(index));
    }

    /** A copy with an argument changed. */
    public Registers withArgument(final int index, final long value) {
        return with(argumentOffset(index), value);
    }

    /** Whether the thread runs 64-bit code (and not 32-bit code on a 64-bit kernel). */
    public boolean is64Bit() {
        return get(CS) == CS_64_BIT;
    }

    /** A copy that was thrown out of another system call than the one that the kernel names. */
    public Registers inSystemCall(final long number) {
        return with(ORIG_RAX, number);
    }

    /** A copy that continues at another address, in no system call. */
    public Registers at(final long address) {
        return with(RIP, address).with(ORIG_RAX, -1);
    }

    /**
     * A copy that is about to execute a system call instruction.
     *
     * @param instruction address of a {@code syscall} instruction
     * @param number of the system call
     * @param arguments up to six
     */
    public Registers toSystemCall(final long instruction, final int number, final long... arguments) {
        Registers r = at(instruction).with(RAX, number).withCleanFlags();
        for (int i = 0; i < arguments.length; i++) {
            r = r.with(argumentOffset(i), arguments[i]);
        }
        return r;
    }

    /** A copy without trap and direction flag, so that our own code runs undisturbed. */
    Registers withCleanFlags() {
        return with(EFLAGS, get(EFLAGS) & ~(TRAP_FLAG | DIRECTION_FLAG));
    }

    private static int argumentOffset(final int index) {
        return switch (index) {
            case 0 -> RDI;
            case 1 -> RSI;
            case 2 -> RDX;
            case 3 -> R10;
            case 4 -> R8;
            case 5 -> R9;
            default -> throw new IllegalArgumentException("a system call has six arguments, not " + (index + 1));
        };
    }
}
