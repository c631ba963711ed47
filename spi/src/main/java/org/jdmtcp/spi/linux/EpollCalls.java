package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What it takes to look into an epoll instance and to fill it again ({@code epoll(7)}). Safe on any thread. */
public final class EpollCalls {
    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_MOD = 3;

    public static final int EPOLLIN = 1;
    public static final int EPOLLOUT = 4;
    public static final int EPOLLERR = 8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLEXCLUSIVE = 1 << 28;
    public static final int EPOLLWAKEUP = 1 << 29;
    public static final int EPOLLONESHOT = 1 << 30;
    public static final int EPOLLET = 1 << 31;

    /**
     * Bytes of {@code struct epoll_event} ({@code linux/eventpoll.h}) on x86-64, the one architecture where it is packed:
     * u32 events at 0, u64 data at 4.
     */
    public static final int EVENT_SIZE = switch (Architecture.current()) {
        case X86_64 -> 12;
    };

    private static final int EVENT_DATA = switch (Architecture.current()) {
        case X86_64 -> 4;
    };

    private static final int KCMP_EPOLL_TFD = 7;
    private static final int KCMP_EPOLL_SLOT_SIZE = 12;

    private EpollCalls() {}

    /** Writes a {@code struct epoll_event} into an array of them. */
    public static void putEvent(final MemorySegment events, final int index, final int bits, final long data) {
        final long at = (long) index * EVENT_SIZE;
        events.set(ValueLayout.JAVA_INT_UNALIGNED, at, bits);
        events.set(ValueLayout.JAVA_LONG_UNALIGNED, at + EVENT_DATA, data);
    }

    /**
     * Whether a descriptor is the open file that an epoll instance watches ({@code kcmp(2)}, KCMP_EPOLL_TFD).
     *
     * @param pid whose descriptor it is
     * @param number the descriptor
     * @param epollPid a process that has the epoll instance
     * @param epoll its number there
     * @param registered the number under which the target was registered
     * @param occurrence 0 for the first entry with that number in the order of fdinfo, 1 for the second, ...
     * @throws LinuxException EBADF, ENOENT (no such entry), EPERM, ESRCH, EOPNOTSUPP or ENOSYS (a kernel without kcmp)
     */
    public static boolean watches(
            final int pid,
            final int number,
            final int epollPid,
            final int epoll,
            final int registered,
            final int occurrence) {
        try (Arena arena = Arena.ofConfined()) {
            // struct kcmp_epoll_slot (linux/kcmp.h): u32 efd, u32 tfd, u32 toff.
            final MemorySegment slot = arena.allocate(KCMP_EPOLL_SLOT_SIZE, 4);
            slot.set(ValueLayout.JAVA_INT, 0, epoll);
            slot.set(ValueLayout.JAVA_INT, 4, registered);
            slot.set(ValueLayout.JAVA_INT, 8, occurrence);
            final long result = Linux.raw(SystemCall.KCMP, pid, epollPid, KCMP_EPOLL_TFD, number, slot.address(), 0);
            return Linux.check(result, "kcmp(pid " + pid + ", KCMP_EPOLL_TFD)") == 0;
        }
    }
}
