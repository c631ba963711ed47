package org.jdmtcp.core.x86_64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The machine code that executes a batch: it walks an array of records, makes the system call of each and notes the result.
 *
 * <p>Its ending is fail-safe. It sends a signal to its own thread, for which a traced thread stops, whereupon the agent puts
 * the registers back. If the agent has died meanwhile, the signal does nothing and the code falls into
 * {@code rt_sigreturn}, whose frame holds the program's state: the program goes on as if nothing had been.
 */
public final class Gadget {
    /** Bytes of a record. */
    public static final int RECORD_SIZE = 88;

    public static final int RECORD_NUMBER = 0;
    public static final int RECORD_ARGUMENTS = 8;
    public static final int RECORD_RESULT = 56;
    /** If not 0: an address in the process where the result is stored as well, such as a later record's argument. */
    public static final int RECORD_STORE = 64;

    public static final int RECORD_FLAGS = 72;
    /** Flag: an error ends the batch. */
    public static final int FLAG_MUST = 1;

    /** Flag: where the call returns 0 that is the child that it makes, which goes on at {@link #RECORD_CHILD}. */
    public static final int FLAG_MAKES_CHILD = 2;

    /** Address of the first record of the child that the call makes; 0 where the child ends at once. */
    public static final int RECORD_CHILD = 80;

    /*
     * 1: mov rax,[rbx]; mov rdi,[rbx+8]; mov rsi,[rbx+16]; mov rdx,[rbx+24]; mov r10,[rbx+32]; mov r8,[rbx+40]
     *    mov r9,[rbx+48]; syscall
     *    test byte [rbx+72],2; jz 0f; test rax,rax; jnz 0f
     *    mov rbx,[rbx+80]; or r12,-1; test rbx,rbx; jnz 1b; xor edi,edi; mov eax,60 (exit); syscall
     * 0: mov [rbx+56],rax; mov rcx,[rbx+64]; test rcx,rcx; jz 2f; mov [rcx],rax
     * 2: cmp rax,-4096; jbe 3f; test byte [rbx+72],1; jnz 4f
     * 3: add rbx,88; dec r12; jnz 1b
     * 4: mov rdi,r13; mov rsi,r14; mov rdx,r15; mov eax,234 (tgkill); syscall
     * 5: mov rsp,rbp; mov eax,15 (rt_sigreturn); syscall; hlt
     */
    private static final byte[] CODE = HexFormat.of()
            .parseHex(""
                    + "488b03" + "488b7b08" + "488b7310" + "488b5318" + "4c8b5320" + "4c8b4328" + "4c8b4b30" + "0f05"
                    + "f6434802" + "741b" + "4885c0" + "7516"
                    + "488b5b50" + "4983ccff" + "4885db" + "75cb" + "31ff" + "b83c000000" + "0f05"
                    + "48894338" + "488b4b40" + "4885c9" + "7403" + "488901"
                    + "483d00f0ffff" + "7606" + "f6434801" + "7509"
                    + "4883c358" + "49ffcc" + "759b"
                    + "4c89ef" + "4c89f6" + "4c89fa" + "b8ea000000" + "0f05"
                    + "4889ec" + "b80f000000" + "0f05" + "f4");

    /** Offset of the instruction after the signal is sent: where a thread stands that has finished its batch. */
    public static final int END_OFFSET = CODE.length - 11;

    private Gadget() {}

    /** The code, position-independent. */
    public static byte[] code() {
        return CODE.clone();
    }

    /** Lays a record out; the result is pre-filled so that a call that was not reached is seen. */
    public static void record(
            final ByteBuffer into,
            final int at,
            final int number,
            final long[] arguments,
            final int flags,
            final long child) {
        into.order(ByteOrder.LITTLE_ENDIAN);
        into.putLong(at + RECORD_NUMBER, number);
        for (int i = 0; i < 6; i++) {
            into.putLong(at + RECORD_ARGUMENTS + 8 * i, i < arguments.length ? arguments[i] : 0);
        }
        into.putLong(at + RECORD_RESULT, NOT_RUN);
        into.putLong(at + RECORD_STORE, 0);
        into.putLong(at + RECORD_FLAGS, flags);
        into.putLong(at + RECORD_CHILD, child);
    }

    /** The result of a record that the batch did not come to. */
    public static final long NOT_RUN = 0x5aa5_5aa5_5aa5_5aa5L;

    /**
     * The registers at the start of a batch.
     *
     * @param base the program's own registers, for the segments
     * @param code address of the code
     * @param records address of the first record
     * @param count of records, at least 1
     * @param tgid process id as the process itself sees it
     * @param tid thread id as the process itself sees it
     * @param signal that the end of the batch sends
     * @param frame address of the signal frame for the fail-safe ending
     */
    public static Registers enter(
            final Registers base,
            final long code,
            final long records,
            final int count,
            final int tgid,
            final int tid,
            final int signal,
            final long frame) {
        return base.at(code)
                .withCleanFlags()
                .with(Registers.RBX, records)
                .with(Registers.R12, count)
                .with(Registers.R13, tgid)
                .with(Registers.R14, tid)
                .with(Registers.R15, signal)
                .with(Registers.RBP, frame + 8);
    }
}
