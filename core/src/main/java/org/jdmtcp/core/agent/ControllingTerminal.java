package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * The terminal of this process's session, if it has one: {@code tty_ioctl(4)}. Its foreground process group gets the signals
 * of its keys and may read. SIGTTOU, with which the kernel answers a background process that changes this, has to be blocked.
 */
public final class ControllingTerminal implements AutoCloseable {
    private static final int TIOCGPGRP = 0x540f;
    private static final int TIOCSPGRP = 0x5410;

    private final Optional<Fd> terminal;

    private ControllingTerminal(final Optional<Fd> terminal) {
        this.terminal = terminal;
    }

    /** The one that this process has now, or none, which is nobody's. */
    public static ControllingTerminal open() {
        try {
            return new ControllingTerminal(
                    Optional.of(FileCalls.open("/dev/tty", FileCalls.O_RDWR | FileCalls.O_NOCTTY)));
        } catch (final LinuxException e) {
            return new ControllingTerminal(Optional.empty());
        }
    }

    /** Whether this process's group is in the foreground. */
    public boolean isOurs() {
        return terminal.isPresent() && foreground() == ownGroup();
    }

    private static int ownGroup() {
        return Stat.read(ProcessCalls.self()).pgrp();
    }

    /** The foreground process group; 0 where there is none. */
    int foreground() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment group = arena.allocate(4, 4);
            final long result = terminal.map(fd -> FileCalls.ioctl(fd.number(), TIOCGPGRP, group.address()))
                    .orElse(-1L);
            return result == 0 ? group.get(ValueLayout.JAVA_INT, 0) : 0;
        }
    }

    /** Puts a group of this session into the foreground. That the terminal has hung up meanwhile is no error. */
    public void giveTo(final int group) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(4, 4);
            value.set(ValueLayout.JAVA_INT, 0, group);
            terminal.ifPresent(fd -> {
                final long result = FileCalls.ioctl(fd.number(), TIOCSPGRP, value.address());
                if (result != -Errno.EIO && result != -Errno.ENOTTY) {
                    Linux.check(result, "ioctl(/dev/tty, TIOCSPGRP, " + group + ")");
                }
            });
        }
    }

    /** Puts this process's group into the foreground. */
    void takeBack() {
        giveTo(ownGroup());
    }

    @Override
    public void close() {
        terminal.ifPresent(Fd::close);
    }
}
