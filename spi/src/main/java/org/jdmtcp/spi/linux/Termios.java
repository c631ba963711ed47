package org.jdmtcp.spi.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A terminal's settings: {@code struct termios2} of {@code asm-generic/termbits.h}. u32 c_iflag at 0, u32 c_oflag at 4, u32
 * c_cflag at 8, u32 c_lflag at 12, u8 c_line at 16, u8 c_cc[19] at 17, u32 c_ispeed at 36, u32 c_ospeed at 40. Immutable.
 */
public final class Termios {
    /** Bytes. */
    public static final int SIZE = 44;

    public static final int IXON = 0x400;
    public static final int ISIG = 0x1;
    public static final int ICANON = 0x2;
    public static final int ECHO = 0x8;
    public static final int IEXTEN = 0x8000;
    public static final int EXTPROC = 0x10000;

    public static final int VERASE = 2;
    public static final int VEOF = 4;
    public static final int VTIME = 5;
    public static final int VMIN = 6;
    public static final int VSTART = 8;
    public static final int VSTOP = 9;
    public static final int VEOL = 11;
    public static final int VLNEXT = 15;
    public static final int VEOL2 = 16;

    private static final int IFLAG = 0;
    private static final int OFLAG = 4;
    private static final int LFLAG = 12;
    private static final int CC = 17;
    private static final int CC_COUNT = 19;

    private final byte[] bytes;

    /** @param bytes {@link #SIZE} of them */
    public Termios(final byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a struct termios2 of " + bytes.length + " bytes");
        }
        this.bytes = bytes.clone();
    }

    /** The struct. */
    public byte[] bytes() {
        return bytes.clone();
    }

    public int inputFlags() {
        return buffer(bytes).getInt(IFLAG);
    }

    public int localFlags() {
        return buffer(bytes).getInt(LFLAG);
    }

    /** A special character, unsigned; 0 where it is disabled. @param index a V constant */
    public int character(final int index) {
        return Byte.toUnsignedInt(bytes[CC + index]);
    }

    /** Whether input is handed out in lines. EXTPROC leaves that to the other end. */
    public boolean isCanonical() {
        return (localFlags() & (ICANON | EXTPROC)) == ICANON;
    }

    /** With other flags for input and local processing, none for output, and no special characters. */
    public Termios plain(final int inputFlags, final int localFlags) {
        final byte[] changed = bytes.clone();
        buffer(changed).putInt(IFLAG, inputFlags).putInt(OFLAG, 0).putInt(LFLAG, localFlags);
        Arrays.fill(changed, CC, CC + CC_COUNT, (byte) 0);
        return new Termios(changed);
    }

    /** With other flags for input. */
    public Termios withInputFlags(final int inputFlags) {
        final byte[] changed = bytes.clone();
        buffer(changed).putInt(IFLAG, inputFlags);
        return new Termios(changed);
    }

    /** With another special character. */
    public Termios with(final int index, final int character) {
        final byte[] changed = bytes.clone();
        changed[CC + index] = (byte) character;
        return new Termios(changed);
    }

    private static ByteBuffer buffer(final byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Termios termios && Arrays.equals(bytes, termios.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
