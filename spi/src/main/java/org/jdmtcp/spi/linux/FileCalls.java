package org.jdmtcp.spi.linux;

import static org.jdmtcp.spi.linux.Linux.PAGE_SIZE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Calls on files and descriptors of this process ({@code open(2)}, {@code fcntl(2)}, {@code statx(2)} ...). Paths are byte
 * strings. Descriptors that are made are close-on-exec and belong to the caller. Safe on any thread.
 */
public final class FileCalls {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_ACCMODE = 3;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NOCTTY = 0x100;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_DSYNC = 0x1000;
    public static final int O_ASYNC = 0x2000;
    public static final int O_DIRECT = 0x4000;
    public static final int O_LARGEFILE = 0x8000;
    public static final int O_DIRECTORY = 0x10000;
    public static final int O_NOFOLLOW = 0x20000;
    public static final int O_NOATIME = 0x40000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;
    public static final int O_TMPFILE = 0x410000;

    public static final int F_GETFD = 1;
    public static final int F_SETFD = 2;
    public static final int FD_CLOEXEC = 1;
    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int F_SETPIPE_SZ = 1031;
    public static final int F_GETPIPE_SZ = 1032;

    public static final int SEEK_SET = 0;
    public static final int SEEK_CUR = 1;
    public static final int SEEK_END = 2;
    public static final int SEEK_DATA = 3;
    public static final int SEEK_HOLE = 4;

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int MFD_CLOEXEC = 1;

    private FileCalls() {}

    /** {@code open(2)}. @throws LinuxException with the kernel's errno */
    public static Fd open(final String path, final int flags, final int mode) {
        try (Arena arena = Arena.ofConfined()) {
            final long address = Linux.cString(arena, path).address();
            final long result = Linux.raw(SystemCall.OPENAT, AT_FDCWD, address, flags | O_CLOEXEC, mode, 0, 0);
            return new Fd((int) Linux.check(result, "open(\"" + path + "\")"));
        }
    }

    /** {@code open(2)} of something that exists. @throws LinuxException with the kernel's errno */
    public static Fd open(final String path, final int flags) {
        return open(path, flags, 0);
    }

    /** Another descriptor of the same open file. @throws LinuxException EBADF, EMFILE */
    public static Fd duplicate(final int fd) {
        return new Fd((int) Linux.check(fcntl(fd, F_DUPFD_CLOEXEC, 0), "fcntl(" + fd + ", F_DUPFD_CLOEXEC)"));
    }

    /** {@code fcntl(2)}, raw result. */
    public static long fcntl(final int fd, final int command, final long argument) {
        return Linux.raw(SystemCall.FCNTL, fd, command, argument);
    }

    /** {@code ioctl(2)}, raw result. */
    public static long ioctl(final int fd, final long request, final long argument) {
        return Linux.raw(SystemCall.IOCTL, fd, request, argument);
    }

    /** Status of the file behind a path, symbolic links followed; empty where there is none (ENOENT, ENOTDIR). */
    public static Optional<FileStatus> status(final String path) {
        return status(AT_FDCWD, path, 0);
    }

    /** Status of the path itself, a symbolic link not followed; empty where there is none (ENOENT, ENOTDIR). */
    public static Optional<FileStatus> linkStatus(final String path) {
        return status(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
    }

    private static Optional<FileStatus> status(final int directory, final String path, final int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(FileStatus.SIZE, 8);
            final long result = Linux.raw(
                    SystemCall.STATX,
                    directory,
                    Linux.cString(arena, path).address(),
                    flags,
                    FileStatus.STATX_BASIC_STATS,
                    buffer.address(),
                    0);
            if (result == -Errno.ENOENT || result == -Errno.ENOTDIR) {
                return Optional.empty();
            }
            Linux.check(result, "statx(\"" + path + "\")");
            return Optional.of(FileStatus.of(buffer));
        }
    }

    /** {@code fstat(2)}. @throws LinuxException EBADF */
    public static FileStatus status(final Fd fd) {
        return status(fd.number(), "", AT_EMPTY_PATH).orElseThrow();
    }

    /** {@code readlink(2)}; empty where the link or its process is gone. @throws LinuxException EACCES and others */
    public static Optional<String> readLink(final String path) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(PAGE_SIZE);
            final long n =
                    Linux.raw(SystemCall.READLINK, Linux.cString(arena, path).address(), buffer.address(), PAGE_SIZE);
            if (n == -Errno.ENOENT || n == -Errno.ESRCH) {
                return Optional.empty();
            }
            Linux.check(n, "readlink(\"" + path + "\")");
            final byte[] bytes = buffer.asSlice(0, n).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    /** {@code lseek(2)}: the new offset in bytes, raw result. */
    public static long seek(final Fd fd, final long offset, final int whence) {
        return Linux.raw(SystemCall.LSEEK, fd.number(), offset, whence);
    }

    /** {@code read(2)} into memory: bytes read, 0 at the end, raw result. */
    public static long read(final Fd fd, final MemorySegment into) {
        return Linux.raw(SystemCall.READ, fd.number(), into.address(), into.byteSize());
    }

    /** {@code write(2)} from memory: bytes written, raw result. */
    public static long write(final Fd fd, final MemorySegment from) {
        return Linux.raw(SystemCall.WRITE, fd.number(), from.address(), from.byteSize());
    }

    /** Reads exactly the segment's size at a file offset. @throws LinuxException EIO, also where the file ends before */
    public static void readFully(final Fd fd, final MemorySegment into, final long offset) {
        long done = 0;
        while (done < into.byteSize()) {
            final long n = Linux.raw(
                    SystemCall.PREAD64,
                    fd.number(),
                    into.address() + done,
                    into.byteSize() - done,
                    offset + done,
                    0,
                    0);
            if (n == 0) {
                throw new LinuxException("pread at " + (offset + done) + ": the file ends there", Errno.EIO);
            }
            done += Linux.check(n, "pread");
        }
    }

    /** Writes the whole segment at a file offset. @throws LinuxException ENOSPC, EDQUOT, EFBIG, EIO */
    public static void writeFully(final Fd fd, final MemorySegment from, final long offset) {
        long done = 0;
        while (done < from.byteSize()) {
            done += Linux.check(
                    Linux.raw(
                            SystemCall.PWRITE64,
                            fd.number(),
                            from.address() + done,
                            from.byteSize() - done,
                            offset + done,
                            0,
                            0),
                    "pwrite");
        }
    }

    /** {@code ftruncate(2)}: sets the size in bytes. @throws LinuxException EINVAL, EFBIG, EIO */
    public static void truncate(final Fd fd, final long size) {
        Linux.call(SystemCall.FTRUNCATE, fd.number(), size);
    }

    /** {@code fsync(2)}: data and metadata are on the disk when this returns. @throws LinuxException EIO, ENOSPC */
    public static void sync(final Fd fd) {
        Linux.call(SystemCall.FSYNC, fd.number());
    }

    /** {@code rename(2)}, replacing the target. @throws LinuxException with the kernel's errno */
    public static void rename(final String from, final String to) {
        try (Arena arena = Arena.ofConfined()) {
            Linux.check(
                    Linux.raw(
                            SystemCall.RENAME,
                            Linux.cString(arena, from).address(),
                            Linux.cString(arena, to).address()),
                    "rename(\"" + from + "\", \"" + to + "\")");
        }
    }

    /** {@code unlink(2)}; no error where the name does not exist. @throws LinuxException EACCES, EPERM, EISDIR */
    public static void unlink(final String path) {
        try (Arena arena = Arena.ofConfined()) {
            final long result =
                    Linux.raw(SystemCall.UNLINK, Linux.cString(arena, path).address());
            if (result != -Errno.ENOENT) {
                Linux.check(result, "unlink(\"" + path + "\")");
            }
        }
    }

    /** {@code mkfifo(3)}. @throws LinuxException EEXIST, EACCES, ENOENT */
    public static void makeFifo(final String path, final int permissions) {
        try (Arena arena = Arena.ofConfined()) {
            Linux.check(
                    Linux.raw(
                            SystemCall.MKNOD,
                            Linux.cString(arena, path).address(),
                            FileStatus.S_IFIFO | permissions,
                            0),
                    "mkfifo(\"" + path + "\")");
        }
    }

    /** {@code memfd_create(2)}, close-on-exec. @throws LinuxException EMFILE, ENOMEM */
    public static Fd memoryFile(final String name) {
        try (Arena arena = Arena.ofConfined()) {
            return new Fd((int) Linux.call(
                    SystemCall.MEMFD_CREATE, Linux.cString(arena, name).address(), MFD_CLOEXEC));
        }
    }

    /** The two ends of a new pipe: read, write. {@code flags}: O_DIRECT, O_NONBLOCK. @throws LinuxException EMFILE */
    public static Fd[] pipe(final int flags) {
        return pair(arena -> {
            final MemorySegment ends = arena.allocate(8, 4);
            Linux.call(SystemCall.PIPE2, ends.address(), flags | O_CLOEXEC);
            return ends;
        });
    }

    static Fd[] pair(final java.util.function.Function<Arena, MemorySegment> make) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment two = make.apply(arena);
            return new Fd[] {
                new Fd(two.get(java.lang.foreign.ValueLayout.JAVA_INT, 0)),
                new Fd(two.get(java.lang.foreign.ValueLayout.JAVA_INT, 4))
            };
        }
    }

    /** {@code eventfd2(2)} with a start value. @throws LinuxException EMFILE */
    public static Fd eventFd(final int initial, final int flags) {
        return new Fd((int) Linux.call(SystemCall.EVENTFD2, initial, flags | O_CLOEXEC));
    }

    /** {@code epoll_create1(2)}. @throws LinuxException EMFILE */
    public static Fd epoll() {
        return new Fd((int) Linux.call(SystemCall.EPOLL_CREATE1, O_CLOEXEC));
    }
}
