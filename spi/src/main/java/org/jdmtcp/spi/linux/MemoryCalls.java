package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Calls on memory: mappings of this process, and copies from and to another process ({@code process_vm_readv(2)}).
 * Safe on any thread. Sizes are bytes.
 */
public final class MemoryCalls {
    public static final int PROT_NONE = 0;
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;
    public static final int MAP_SHARED = 1;
    public static final int MAP_PRIVATE = 2;
    public static final int MAP_FIXED = 0x10;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_GROWSDOWN = 0x100;
    public static final int MAP_LOCKED = 0x2000;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MAP_POPULATE = 0x8000;
    public static final int MAP_STACK = 0x20000;
    public static final int MAP_HUGETLB = 0x40000;
    public static final int MAP_FIXED_NOREPLACE = 0x100000;
    /** Where the binary logarithm of the page size stands in the flags, beside {@link #MAP_HUGETLB}. */
    public static final int MAP_HUGE_SHIFT = 26;

    public static final int MREMAP_MAYMOVE = 1;
    public static final int MREMAP_FIXED = 2;

    private static final int IOVEC_SIZE = 16;
    private static final int IOV_MAX = 1024;

    private MemoryCalls() {}

    /** A piece of memory: address and size in bytes. The address is of whichever process the context says. */
    public record Range(long address, long size) {
        public long end() {
            return address + size;
        }
    }

    /**
     * Maps anonymous memory that lives until the arena is closed. Unlike {@code Arena.allocate} it is not touched, so
     * that a large buffer costs only the pages that are used. @throws LinuxException ENOMEM
     */
    public static MemorySegment allocate(final Arena arena, final long size) {
        final long address = Linux.call(
                SystemCall.MMAP, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return adopt(arena, address, size);
    }

    /** Maps a file read-only and shared until the arena is closed. @throws LinuxException ENODEV, ENOMEM, EACCES */
    public static MemorySegment mapReadOnly(final Arena arena, final Fd fd, final long offset, final long size) {
        final long address = Linux.call(SystemCall.MMAP, 0, size, PROT_READ, MAP_SHARED, fd.number(), offset);
        return adopt(arena, address, size);
    }

    /** Maps a file writable and shared until the arena is closed. @throws LinuxException ENODEV, ENOMEM, EACCES */
    public static MemorySegment mapWritable(final Arena arena, final Fd fd, final long size) {
        final long address = Linux.call(SystemCall.MMAP, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.number(), 0);
        return adopt(arena, address, size);
    }

    private static MemorySegment adopt(final Arena arena, final long address, final long size) {
        return MemorySegment.ofAddress(address)
                .reinterpret(size, arena, segment -> Linux.raw(SystemCall.MUNMAP, segment.address(), size));
    }

    /**
     * Copies from another process; all of it or nothing that counts.
     *
     * @throws LinuxException ESRCH where the process is gone, EFAULT where a page cannot be read, EPERM
     */
    public static void read(final int pid, final long remote, final MemorySegment into) {
        final long n = transfer(SystemCall.PROCESS_VM_READV, pid, remote, into);
        complete(n, into.byteSize(), "process_vm_readv", pid, remote);
    }

    /** As {@link #read}, but says how many bytes came; raw result. A short count means that the next page is not readable. */
    public static long readRaw(final int pid, final long remote, final MemorySegment into) {
        return transfer(SystemCall.PROCESS_VM_READV, pid, remote, into);
    }

    /** Copies to another process. @throws LinuxException ESRCH, EFAULT (page not writable there), EPERM */
    public static void write(final int pid, final long remote, final MemorySegment from) {
        final long n = transfer(SystemCall.PROCESS_VM_WRITEV, pid, remote, from);
        complete(n, from.byteSize(), "process_vm_writev", pid, remote);
    }

    /** As {@link #write}, but says how many bytes went; raw result. A short count means that the next page is not writable. */
    public static long writeRaw(final int pid, final long remote, final MemorySegment from) {
        return transfer(SystemCall.PROCESS_VM_WRITEV, pid, remote, from);
    }

    /**
     * Writes to another process whatever the protection there, as a debugger does: a page of a private mapping becomes the process's
     * own.
     *
     * @return whether all was written; not where the page cannot become its own, or the kernel was told to let nobody do so
     *     (proc_mem.force_override)
     */
    public static boolean writeForced(final int pid, final long remote, final MemorySegment from) {
        try (Fd memory = FileCalls.open("/proc/" + pid + "/mem", FileCalls.O_RDWR)) {
            return Linux.raw(SystemCall.PWRITE64, memory.number(), from.address(), from.byteSize(), remote, 0, 0)
                    == from.byteSize();
        } catch (final LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.EACCES || e.errno() == Errno.EPERM) {
                return false;
            }
            throw e;
        }
    }

    private static void complete(final long n, final long size, final String call, final int pid, final long at) {
        final String what = call + "(pid " + pid + ", 0x" + Long.toHexString(at) + ", " + size + " bytes)";
        Linux.check(n, what);
        if (n != size) {
            throw new LinuxException(what + ", stopped after " + n, Errno.EFAULT);
        }
    }

    private static long transfer(final SystemCall call, final int pid, final long remote, final MemorySegment local) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment iovecs = arena.allocate(2 * IOVEC_SIZE, 8);
            iovec(iovecs, 0, local.address(), local.byteSize());
            iovec(iovecs, 1, remote, local.byteSize());
            return Linux.raw(call, pid, iovecs.address(), 1, iovecs.address() + IOVEC_SIZE, 1, 0);
        }
    }

    /**
     * Gathers many pieces of another process into one local segment, in order, with few system calls.
     *
     * @return bytes copied until a piece could not be read, or the sum of all sizes; raw result of the failed call where
     *     nothing was copied
     */
    public static long readGather(final int pid, final java.util.List<Range> pieces, final MemorySegment into) {
        long total = 0;
        for (int from = 0; from < pieces.size(); from += IOV_MAX) {
            final var part = pieces.subList(from, Math.min(pieces.size(), from + IOV_MAX));
            final long want = part.stream().mapToLong(Range::size).sum();
            final long n = gather(pid, part, into.asSlice(total, want));
            if (n < 0) {
                return total == 0 ? n : total;
            }
            total += n;
            if (n < want) {
                return total;
            }
        }
        return total;
    }

    private static long gather(final int pid, final java.util.List<Range> pieces, final MemorySegment into) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment iovecs = arena.allocate((1L + pieces.size()) * IOVEC_SIZE, 8);
            iovec(iovecs, 0, into.address(), into.byteSize());
            for (int i = 0; i < pieces.size(); i++) {
                iovec(iovecs, i + 1, pieces.get(i).address(), pieces.get(i).size());
            }
            return Linux.raw(
                    SystemCall.PROCESS_VM_READV,
                    pid,
                    iovecs.address(),
                    1,
                    iovecs.address() + IOVEC_SIZE,
                    pieces.size(),
                    0);
        }
    }

    /** Scatters one local segment over many pieces of another process, in order. @throws LinuxException EFAULT, ESRCH */
    public static void writeScatter(final int pid, final java.util.List<Range> pieces, final MemorySegment from) {
        long done = 0;
        for (int i = 0; i < pieces.size(); i += IOV_MAX) {
            final var part = pieces.subList(i, Math.min(pieces.size(), i + IOV_MAX));
            final long size = part.stream().mapToLong(Range::size).sum();
            scatter(pid, part, from.asSlice(done, size));
            done += size;
        }
    }

    private static void scatter(final int pid, final java.util.List<Range> pieces, final MemorySegment from) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment iovecs = arena.allocate((1L + pieces.size()) * IOVEC_SIZE, 8);
            iovec(iovecs, 0, from.address(), from.byteSize());
            for (int i = 0; i < pieces.size(); i++) {
                iovec(iovecs, i + 1, pieces.get(i).address(), pieces.get(i).size());
            }
            final long n = Linux.raw(
                    SystemCall.PROCESS_VM_WRITEV,
                    pid,
                    iovecs.address(),
                    1,
                    iovecs.address() + IOVEC_SIZE,
                    pieces.size(),
                    0);
            complete(
                    n,
                    from.byteSize(),
                    "process_vm_writev",
                    pid,
                    pieces.getFirst().address());
        }
    }

    private static void iovec(final MemorySegment at, final int index, final long address, final long size) {
        at.set(ValueLayout.JAVA_LONG, (long) index * IOVEC_SIZE, address);
        at.set(ValueLayout.JAVA_LONG, (long) index * IOVEC_SIZE + 8, size);
    }
}
