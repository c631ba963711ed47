package org.jdmtcp.spi.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The three functions of the C library that everything native goes through. The only native methods of the project. */
final class LibC {
    static {
        Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    /** {@code syscall(2)}: the raw entry to the kernel; -1 and errno on failure. */
    static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    /** {@code posix_spawn(3)}; returns an errno or 0, and writes the pid to {@code pidOut}. */
    static native int posix_spawn(long pidOut, long path, long fileActions, long attributes, long argv, long envp);

    /** {@code sysconf(3)}. */
    static native long sysconf(int name);
}
