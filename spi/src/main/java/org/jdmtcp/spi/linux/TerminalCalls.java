package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Calls on terminals and pseudo-terminals ({@code ioctl_tty(2)}; numbers of {@code asm-generic/ioctls.h}). On a master, settings
 * and window size are those of the slave. The caller must not have the terminal as its controlling one. Safe on any thread.
 */
public final class TerminalCalls {
    /** {@code ioctl}: becomes the controlling terminal of a session leader that has none. */
    public static final long TIOCSCTTY = 0x540E;
    /** {@code ioctl}: sets the foreground process group from a {@code pid_t}. */
    public static final long TIOCSPGRP = 0x5410;
    /** {@code ioctl}: the calling process gives up its controlling terminal. */
    public static final long TIOCNOTTY = 0x5422;

    /** The line discipline of every ordinary terminal. */
    public static final int N_TTY = 0;
    /** Bytes of {@code struct winsize}: u16 rows, columns, horizontal and vertical pixels. */
    public static final int WINDOW_SIZE = 8;
    /** Bytes of the {@code struct termios} that locks settings: as {@link Termios} without speeds. */
    public static final int LOCKED_SIZE = 36;

    public static final int PACKET_FLUSHREAD = 0x01;
    public static final int PACKET_FLUSHWRITE = 0x02;
    public static final int PACKET_STOP = 0x04;
    public static final int PACKET_START = 0x08;
    public static final int PACKET_NOSTOP = 0x10;
    public static final int PACKET_DOSTOP = 0x20;

    private static final long TCXONC = 0x540A;
    private static final long TCFLSH = 0x540B;
    private static final long TIOCEXCL = 0x540C;
    private static final long TIOCNXCL = 0x540D;
    private static final long TIOCGWINSZ = 0x5413;
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCPKT = 0x5420;
    private static final long TIOCGETD = 0x5424;
    private static final long TIOCGSID = 0x5429;
    private static final long TCGETS2 = 0x802C542AL;
    private static final long TCSETS2 = 0x402C542BL;
    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCGDEV = 0x80045432L;
    private static final long TIOCGPKT = 0x80045438L;
    private static final long TIOCGPTLCK = 0x80045439L;
    private static final long TIOCGEXCL = 0x80045440L;
    private static final long TIOCGPTPEER = 0x5441;
    private static final long TIOCGLCKTRMIOS = 0x5456;
    private static final long TIOCSLCKTRMIOS = 0x5457;
    private static final int TCOOFF = 0;
    private static final int TCOON = 1;

    private TerminalCalls() {}

    /** The number of a pseudo-terminal, given its master. @throws LinuxException ENOTTY where it is none */
    public static int index(final Fd master) {
        return get(master, TIOCGPTN, "TIOCGPTN");
    }

    /**
     * The device number of the terminal behind a descriptor, {@code major << 32 | minor}, also where that was opened as
     * {@code /dev/tty}; raw result: {@code -EIO} where it was hung up, {@code -ENOTTY} where it is no terminal.
     */
    public static long device(final Fd terminal) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment number = arena.allocate(4, 4);
            final long result = FileCalls.ioctl(terminal.number(), TIOCGDEV, number.address());
            return Errno.isError(result) ? result : device(number.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /** The kernel's device number of 32 bits, as in {@code /proc/PID/stat}, as {@code major << 32 | minor}. */
    public static long device(final int encoded) {
        return (long) (encoded >>> 8 & 0xfff) << 32 | encoded & 0xff | encoded >>> 12 & 0xfff00;
    }

    /**
     * Opens the slave of a master, without making it a controlling terminal.
     *
     * @throws LinuxException EIO where the slave is locked, EBUSY where it is exclusive
     */
    public static Fd peer(final Fd master, final int flags) {
        final Fd slave = new Fd((int) Linux.check(
                FileCalls.ioctl(master.number(), TIOCGPTPEER, flags | FileCalls.O_NOCTTY), "ioctl(TIOCGPTPEER)"));
        // Given to the ioctl, O_CLOEXEC would become a flag of the open file, which /proc shows for every duplicate.
        FileCalls.fcntl(slave.number(), FileCalls.F_SETFD, FileCalls.FD_CLOEXEC);
        return slave;
    }

    /** The session that has the slave as its controlling terminal, 0 for none, given the master. */
    public static int session(final Fd master) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment session = arena.allocate(4, 4);
            final long result = FileCalls.ioctl(master.number(), TIOCGSID, session.address());
            if (result == -Errno.ENOTTY) {
                return 0;
            }
            Linux.check(result, "ioctl(TIOCGSID)");
            return session.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** Whether the slave cannot be opened. */
    public static boolean isLocked(final Fd master) {
        return get(master, TIOCGPTLCK, "TIOCGPTLCK") != 0;
    }

    public static void setLocked(final Fd master, final boolean locked) {
        set(master, TIOCSPTLCK, locked, "TIOCSPTLCK");
    }

    /** Whether reads of the master begin with a status byte. */
    public static boolean isPacketMode(final Fd master) {
        return get(master, TIOCGPKT, "TIOCGPKT") != 0;
    }

    public static void setPacketMode(final Fd master, final boolean on) {
        set(master, TIOCPKT, on, "TIOCPKT");
    }

    /** Whether it cannot be opened once more. */
    public static boolean isExclusive(final Fd terminal) {
        return get(terminal, TIOCGEXCL, "TIOCGEXCL") != 0;
    }

    public static void setExclusive(final Fd terminal, final boolean on) {
        Linux.check(FileCalls.ioctl(terminal.number(), on ? TIOCEXCL : TIOCNXCL, 0), "ioctl(TIOCEXCL)");
    }

    /** Number of the line discipline. */
    public static int discipline(final Fd terminal) {
        return get(terminal, TIOCGETD, "TIOCGETD");
    }

    /** Settings. @throws LinuxException EIO where it was hung up */
    public static Termios settings(final Fd terminal) {
        return new Termios(get(terminal, TCGETS2, Termios.SIZE, "TCGETS2"));
    }

    public static void setSettings(final Fd terminal, final Termios settings) {
        Linux.check(set(terminal, TCSETS2, settings.bytes()), "ioctl(TCSETS2)");
    }

    /** Which settings cannot be changed: {@link #LOCKED_SIZE} bytes. */
    public static byte[] lockedSettings(final Fd terminal) {
        return get(terminal, TIOCGLCKTRMIOS, LOCKED_SIZE, "TIOCGLCKTRMIOS");
    }

    /** Raw result: {@code -EPERM} for unprivileged processes. */
    public static long setLockedSettings(final Fd terminal, final byte[] locked) {
        return set(terminal, TIOCSLCKTRMIOS, locked);
    }

    /** {@link #WINDOW_SIZE} bytes. */
    public static byte[] windowSize(final Fd terminal) {
        return get(terminal, TIOCGWINSZ, WINDOW_SIZE, "TIOCGWINSZ");
    }

    public static void setWindowSize(final Fd terminal, final byte[] size) {
        Linux.check(set(terminal, TIOCSWINSZ, size), "ioctl(TIOCSWINSZ)");
    }

    /** Holds what is written to a slave back, as {@code tcflow(TCOOFF)}. */
    public static void stopOutput(final Fd slave) {
        Linux.check(FileCalls.ioctl(slave.number(), TCXONC, TCOOFF), "ioctl(TCXONC)");
    }

    /** Undoes {@link #stopOutput}, and no stop character that was typed without it, as {@code tcflow(TCOON)}. */
    public static void startOutput(final Fd slave) {
        Linux.check(FileCalls.ioctl(slave.number(), TCXONC, TCOON), "ioctl(TCXONC)");
    }

    /** Throws away what waits to be read ({@code TCIFLUSH}) or to be transmitted ({@code TCOFLUSH}). */
    public static void flush(final Fd terminal, final boolean input) {
        Linux.check(FileCalls.ioctl(terminal.number(), TCFLSH, input ? 0 : 1), "ioctl(TCFLSH)");
    }

    private static int get(final Fd terminal, final long request, final String name) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(4, 4);
            Linux.check(FileCalls.ioctl(terminal.number(), request, value.address()), "ioctl(" + name + ")");
            return value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static void set(final Fd terminal, final long request, final boolean on, final String name) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, on ? 1 : 0);
            Linux.check(FileCalls.ioctl(terminal.number(), request, value.address()), "ioctl(" + name + ")");
        }
    }

    private static byte[] get(final Fd terminal, final long request, final int size, final String name) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(size, 8);
            Linux.check(FileCalls.ioctl(terminal.number(), request, value.address()), "ioctl(" + name + ")");
            return value.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static long set(final Fd terminal, final long request, final byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
            return FileCalls.ioctl(terminal.number(), request, value.address());
        }
    }
}
