package org.jdmtcp.core.x86_64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The program from which reborn processes grow: an ELF executable of one page whose code sleeps for half a minute and ends,
 * so that a stub which nobody came to use cleans itself up.
 */
public final class StubProgram {
    /** Where its only segment is loaded. */
    private static final long ADDRESS = 0x10000;

    private static final int HEADERS = 64 + 56;
    /* push 0; push 30; mov rdx,rsp; ppoll(0, 0, {30 s}, 0, 8); exit_group(0) */
    private static final byte[] SLEEP =
            HexFormat.of().parseHex("6a006a1e4889e231ff31f64531d241b808000000b80f0100000f0531ffb8e70000000f05");
    /*
     * 1: wait4(-1, rbx+4, __WALL | WUNTRACED, 0); on EINTR again; on other errors 2f; [rbx] = pid; write(r12, rbx, 8); goto 1b
     * 2: exit_group(0)
     */
    private static final byte[] INIT = HexFormat.of()
            .parseHex(""
                    + "48c7c7ffffffff" + "488d7304" + "ba02000040" + "4531d2" + "b83d000000" + "0f05"
                    + "4883f8fc" + "74e0" + "4885c0" + "7816"
                    + "8903" + "4c89e7" + "4889de" + "ba08000000" + "b801000000" + "0f05" + "ebc5"
                    + "31ff" + "b8e7000000" + "0f05");

    private StubProgram() {}

    /** The executable file. */
    public static byte[] elf() {
        final int size = HEADERS + SLEEP.length;
        final ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        elf.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64, EV_CURRENT
        elf.putLong(ADDRESS + HEADERS).putLong(64).putLong(0).putInt(0); // entry, program headers, no sections
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 1).position(64);
        elf.putInt(1).putInt(5).putLong(0); // PT_LOAD, read and execute, from the beginning of the file
        elf.putLong(ADDRESS).putLong(ADDRESS).putLong(size).putLong(size).putLong(4096);
        elf.put(SLEEP);
        return elf.array();
    }

    /** Position-independent code of an init process: it reports every child that ends or stops, and ends when none is left. */
    public static byte[] initCode() {
        return INIT.clone();
    }

    /**
     * Registers with which a process becomes that init.
     *
     * @param code address of the code in the process
     * @param report address of 8 bytes for its use
     * @param pipe descriptor on which it reports
     */
    public static Registers enterInit(final Registers base, final long code, final long report, final int pipe) {
        return base.at(code).withCleanFlags().with(Registers.RBX, report).with(Registers.R12, pipe);
    }
}
