package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Calls on descriptors that tell of events: {@code signalfd(2)}, {@code inotify(7)}, {@code fanotify(7)}, and on file handles,
 * by which the kernel names what is watched. Descriptors are close-on-exec and belong to the caller. Safe on any thread.
 */
public final class NotificationCalls {
    /** {@code linux/inotify.h}: the path's last component is not followed if it is a symbolic link. */
    public static final int IN_DONT_FOLLOW = 0x0200_0000;
    /** {@code linux/inotify.h}: fails with EEXIST where the file is watched already. */
    public static final int IN_MASK_CREATE = 0x1000_0000;

    public static final int IN_OPEN = 0x20;
    public static final int IN_CLOSE_NOWRITE = 0x10;
    public static final int IN_DELETE_SELF = 0x400;

    private static final int SIGSET_SIZE = 8;
    /** {@code INOTIFY_IOC_SETNEXTWD}, {@code _IOW('I', 0, __s32)}. */
    private static final long SET_NEXT_WATCH = 0x4004_4900L;

    private NotificationCalls() {}

    /** A new signalfd. @param mask bit N-1 for signal N @throws LinuxException EMFILE */
    public static Fd signalFd(final long mask, final int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment set = arena.allocateFrom(ValueLayout.JAVA_LONG, mask);
            return new Fd((int) Linux.call(
                    SystemCall.SIGNALFD4, -1, set.address(), SIGSET_SIZE, flags | FileCalls.O_CLOEXEC, 0, 0));
        }
    }

    /** {@code inotify_init1(2)}. @throws LinuxException EMFILE: the user has too many of them */
    public static Fd inotify(final int flags) {
        return new Fd((int) Linux.call(SystemCall.INOTIFY_INIT1, flags | FileCalls.O_CLOEXEC));
    }

    /** {@code inotify_add_watch(2)}: the watch's number; raw result. */
    public static long addWatch(final Fd inotify, final String path, final int mask) {
        try (Arena arena = Arena.ofConfined()) {
            final long address = Linux.cString(arena, path).address();
            return Linux.raw(SystemCall.INOTIFY_ADD_WATCH, inotify.number(), address, Integer.toUnsignedLong(mask));
        }
    }

    /** {@code inotify_rm_watch(2)}. @throws LinuxException EINVAL */
    public static void removeWatch(final Fd inotify, final int number) {
        Linux.call(SystemCall.INOTIFY_RM_WATCH, inotify.number(), number);
    }

    /** The next watch gets this number, or the next free one above. @throws LinuxException ENOTTY, EINVAL */
    public static void setNextWatch(final Fd inotify, final int number) {
        Linux.check(FileCalls.ioctl(inotify.number(), SET_NEXT_WATCH, number), "ioctl(INOTIFY_IOC_SETNEXTWD)");
    }

    /**
     * {@code fanotify_init(2)}. The descriptor is close-on-exec without FAN_CLOEXEC, too, which fdinfo would show for ever.
     *
     * @throws LinuxException EPERM without CAP_SYS_ADMIN, EINVAL, EMFILE
     */
    public static Fd fanotify(final int flags, final int eventFlags) {
        final Fd group = new Fd((int) Linux.call(
                SystemCall.FANOTIFY_INIT, Integer.toUnsignedLong(flags), Integer.toUnsignedLong(eventFlags)));
        Linux.check(FileCalls.fcntl(group.number(), FileCalls.F_SETFD, FileCalls.FD_CLOEXEC), "fcntl(F_SETFD)");
        return group;
    }

    /**
     * Opens what a file handle stands for, with O_PATH.
     *
     * @param mount any file of the file system
     * @param type {@code handle_type} of {@code struct file_handle} ({@code linux/fcntl.h}: u32 handle_bytes at 0, s32
     *     handle_type at 4, the handle from 8)
     * @return the descriptor, or minus errno: EPERM without CAP_DAC_READ_SEARCH, ESTALE where the file is gone
     */
    public static long openByHandle(final Fd mount, final int type, final byte[] handle) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment struct = arena.allocate(8L + handle.length, 8);
            struct.set(ValueLayout.JAVA_INT, 0, handle.length);
            struct.set(ValueLayout.JAVA_INT, 4, type);
            MemorySegment.copy(handle, 0, struct, ValueLayout.JAVA_BYTE, 8, handle.length);
            return Linux.raw(
                    SystemCall.OPEN_BY_HANDLE_AT,
                    mount.number(),
                    struct.address(),
                    FileCalls.O_PATH | FileCalls.O_CLOEXEC);
        }
    }
}
