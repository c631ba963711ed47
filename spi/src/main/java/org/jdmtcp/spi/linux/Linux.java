package org.jdmtcp.spi.linux;

import com.sun.jna.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The raw system call, in two failure contracts: {@link #raw} returns what the kernel returned, {@link #call} must
 * succeed. Safe on any thread; the typed calls of this package stand on it.
 */
public final class Linux {
    /** Bytes of a page. */
    public static final int PAGE_SIZE = (int) LibC.sysconf(30);

    private Linux() {}

    /** The kernel's result, or minus errno. */
    public static long raw(
            final SystemCall call, final long a, final long b, final long c, final long d, final long e, final long f) {
        final long result = LibC.syscall(call.number(), a, b, c, d, e, f);
        return result == -1 ? -Native.getLastError() : result;
    }

    /** The kernel's result, or minus errno. */
    public static long raw(final SystemCall call, final long a, final long b, final long c) {
        return raw(call, a, b, c, 0, 0, 0);
    }

    /** The kernel's result, or minus errno. */
    public static long raw(final SystemCall call, final long a, final long b) {
        return raw(call, a, b, 0, 0, 0, 0);
    }

    /** The kernel's result, or minus errno. */
    public static long raw(final SystemCall call, final long a) {
        return raw(call, a, 0, 0, 0, 0, 0);
    }

    /** The kernel's result. @throws LinuxException with the kernel's errno */
    public static long call(
            final SystemCall call, final long a, final long b, final long c, final long d, final long e, final long f) {
        return check(raw(call, a, b, c, d, e, f), call);
    }

    /** The kernel's result. @throws LinuxException with the kernel's errno */
    public static long call(final SystemCall call, final long a, final long b, final long c) {
        return check(raw(call, a, b, c, 0, 0, 0), call);
    }

    /** The kernel's result. @throws LinuxException with the kernel's errno */
    public static long call(final SystemCall call, final long a, final long b) {
        return check(raw(call, a, b, 0, 0, 0, 0), call);
    }

    /** The kernel's result. @throws LinuxException with the kernel's errno */
    public static long call(final SystemCall call, final long a) {
        return check(raw(call, a, 0, 0, 0, 0, 0), call);
    }

    /** The kernel's result. @throws LinuxException with the kernel's errno */
    public static long call(final SystemCall call) {
        return check(raw(call, 0, 0, 0, 0, 0, 0), call);
    }

    private static long check(final long result, final SystemCall call) {
        if (Errno.isError(result)) {
            throw new LinuxException(call.kernelName(), (int) -result);
        }
        return result;
    }

    /** A result that must not be an error; {@code what} names the attempt in the exception. */
    public static long check(final long result, final String what) {
        if (Errno.isError(result)) {
            throw new LinuxException(what, (int) -result);
        }
        return result;
    }

    /** A byte string as a NUL-terminated C string. */
    public static MemorySegment cString(final Arena arena, final String bytes) {
        return arena.allocateFrom(bytes, StandardCharsets.ISO_8859_1);
    }
}
