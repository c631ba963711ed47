package org.jdmtcp.core.agent;

import java.io.File;
import java.util.Objects;
import java.util.Set;
import org.jdmtcp.spi.linux.FileCalls;

/**
 * Sees to it that the program inherits the caller's descriptors and none of the JVM's. Those that the JVM opened and left
 * inheritable are its own jars and modules; everything else without close-on-exec came from the caller.
 */
final class StrayDescriptors {
    private static final String DIRECTORY = "/proc/self/fd";
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;

    private StrayDescriptors() {}

    /** Whether an open descriptor came from the caller: he cannot have passed one that closes on exec. */
    static boolean isInherited(final int number) {
        final long flags = FileCalls.fcntl(number, F_GETFD, 0);
        return flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }

    /** Marks the JVM's own files close-on-exec. */
    static void seal() {
        final Set<String> jars = Set.of(System.getProperty("java.class.path").split(":"));
        final String java = System.getProperty("java.home") + "/";
        final String libraries = System.getProperty("jdmtcp.lib", "/proc/none") + "/";
        for (final String name : Objects.requireNonNull(new File(DIRECTORY).list())) {
            final int number = Integer.parseInt(name);
            if (isInherited(number)) {
                FileCalls.readLink(DIRECTORY + "/" + name)
                        .filter(target ->
                                target.startsWith(java) || target.startsWith(libraries) || jars.contains(target))
                        .ifPresent(target -> FileCalls.fcntl(number, F_SETFD, FD_CLOEXEC));
            }
        }
    }
}
