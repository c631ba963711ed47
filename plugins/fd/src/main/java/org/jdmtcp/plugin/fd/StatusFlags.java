package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_ACCMODE;
import static org.jdmtcp.spi.linux.FileCalls.O_APPEND;
import static org.jdmtcp.spi.linux.FileCalls.O_ASYNC;
import static org.jdmtcp.spi.linux.FileCalls.O_CREAT;
import static org.jdmtcp.spi.linux.FileCalls.O_DIRECT;
import static org.jdmtcp.spi.linux.FileCalls.O_EXCL;
import static org.jdmtcp.spi.linux.FileCalls.O_NOATIME;
import static org.jdmtcp.spi.linux.FileCalls.O_NOCTTY;
import static org.jdmtcp.spi.linux.FileCalls.O_NONBLOCK;
import static org.jdmtcp.spi.linux.FileCalls.O_TMPFILE;
import static org.jdmtcp.spi.linux.FileCalls.O_TRUNC;
import static org.jdmtcp.spi.linux.FileCalls.O_WRONLY;

import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;

/** The flags of an open file as {@code F_GETFL} tells them, and how they get into a new one ({@code fcntl(2)}). */
final class StatusFlags {
    /** What F_SETFL can change and restoring it means. */
    private static final int SETTABLE = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;

    private StatusFlags() {}

    /**
     * Flags for opening again what exists: O_ASYNC means nothing when opening ({@link FileOwners} sets it), and those that create, truncate or make it a controlling terminal would destroy
     * data or do a thing twice. O_TMPFILE and O_DIRECTORY stay in the flags of a file that was born without a name.
     */
    static int forReopening(final int flags) {
        return flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_TMPFILE | O_ASYNC) | O_NOCTTY;
    }

    /** The flags of an open file of the agent. */
    static int of(final Fd fd) {
        return (int) Linux.check(FileCalls.fcntl(fd.number(), FileCalls.F_GETFL, 0), "fcntl(F_GETFL)");
    }

    /** Gives an open file the changeable ones of these flags. @return its argument */
    static Fd set(final Fd fd, final int flags) {
        Linux.check(FileCalls.fcntl(fd.number(), FileCalls.F_SETFL, flags & SETTABLE), "fcntl(F_SETFL)");
        return fd;
    }

    static boolean reads(final int flags) {
        return (flags & O_ACCMODE) != O_WRONLY;
    }

    static boolean writes(final int flags) {
        return (flags & O_ACCMODE) != FileCalls.O_RDONLY;
    }

    /**
     * Opens the same file once more: an open file of its own, with other flags. The way there is a symbolic link, so that
     * O_NOFOLLOW, which says how the program came to its file, must not be among them. The caller owns it.
     */
    static Fd reopen(final Fd fd, final int flags) {
        return FileCalls.open("/proc/self/fd/" + fd.number(), flags & ~FileCalls.O_NOFOLLOW);
    }
}
