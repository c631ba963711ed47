package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Starting a program: {@code posix_spawn(3)}, which is safe in a process with many threads where fork is not. */
public final class Spawn {
    private static final int ATTRIBUTES_SIZE = 336;
    private static final int SIGNAL_MASK_OFFSET = 136;
    private static final int DEFAULT_SIGNALS_OFFSET = 8;
    private static final short POSIX_SPAWN_SETSIGDEF = 4;
    private static final short POSIX_SPAWN_SETSIGMASK = 8;

    /** Signals 32 and 33, the C library's own: whatever they were, it has the new program ignore them unless told otherwise. */
    private static final long INTERNAL_SIGNALS = 3L << 31;

    private Spawn() {}

    /**
     * Starts a program as a child of the calling thread's process. It inherits the descriptors that are not close-on-exec.
     *
     * @param path the file to execute; not searched for
     * @param arguments from {@code argv[0]} on, byte strings
     * @param environment {@code NAME=value} byte strings
     * @param signalMask signals blocked in the program, bit N-1 for signal N
     * @param ignored likewise those ignored: counts for the C library's own alone, the others are as in this process
     * @return the pid
     * @throws LinuxException with execve's errno: ENOENT, EACCES, ENOEXEC, E2BIG, ...
     */
    public static int start(
            final String path,
            final List<String> arguments,
            final List<String> environment,
            final long signalMask,
            final long ignored) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment pid = arena.allocate(4, 4);
            // glibc's posix_spawnattr_t (sysdeps/unix/sysv/linux/bits/types): flags, pgrp, default set, mask, ...
            final MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
            attributes.set(ValueLayout.JAVA_SHORT, 0, (short) (POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
            attributes.set(ValueLayout.JAVA_LONG, DEFAULT_SIGNALS_OFFSET, INTERNAL_SIGNALS & ~ignored);
            attributes.set(ValueLayout.JAVA_LONG, SIGNAL_MASK_OFFSET, signalMask);
            final int errno = LibC.posix_spawn(
                    pid.address(),
                    Linux.cString(arena, path).address(),
                    0,
                    attributes.address(),
                    vector(arena, arguments),
                    vector(arena, environment));
            if (errno != 0) {
                throw new LinuxException("execve(\"" + path + "\")", errno);
            }
            return pid.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static long vector(final Arena arena, final List<String> strings) {
        final MemorySegment vector = arena.allocate((strings.size() + 1L) * 8, 8);
        for (int i = 0; i < strings.size(); i++) {
            vector.set(
                    ValueLayout.JAVA_LONG,
                    i * 8L,
                    Linux.cString(arena, strings.get(i)).address());
        }
        return vector.address();
    }
}
