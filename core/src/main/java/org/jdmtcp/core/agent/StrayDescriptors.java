package org.jdmtcp.core.agent;

import java.util.HashSet;
import java.util.Set;
import org.jdmtcp.core.procfs.FdTable;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * Sees to it that the program inherits the caller's descriptors and none of the JVM's. Those that the JVM opened and left
 * inheritable are its own jars and modules; everything else without close-on-exec came from the caller. So did not the standard
 * streams that the caller had closed: the launcher script opened them, lest the JVM's own files take their numbers.
 */
final class StrayDescriptors {
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final String CLOSED = "jdmtcp.closed";

    private final Set<Integer> inherited = new HashSet<>();

    /** Looks who has opened what; to be made before this process opens descriptors of its own that can be inherited. */
    StrayDescriptors() {
        final Set<String> jars = Set.of(System.getProperty("java.class.path").split(":"));
        final String java = System.getProperty("java.home") + "/";
        final String libraries = System.getProperty("jdmtcp.lib", "/proc/none") + "/";
        for (final int number : FdTable.numbers(ProcessCalls.self())) {
            final boolean isOwn = FileCalls.readLink("/proc/self/fd/" + number)
                    .filter(target -> target.startsWith(java) || target.startsWith(libraries) || jars.contains(target))
                    .isPresent();
            if (!isOwn && !wasClosed(number) && isInheritable(number)) {
                inherited.add(number);
            }
        }
        seal();
    }

    // The property lists digits.
    private static boolean wasClosed(final int number) {
        return number < StandardStreams.COUNT && System.getProperty(CLOSED, "").contains(Integer.toString(number));
    }

    private static boolean isInheritable(final int number) {
        final long flags = FileCalls.fcntl(number, F_GETFD, 0);
        return flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }

    /** Marks everything but the caller's close-on-exec: Java opens its sockets without. */
    void seal() {
        for (final int number : FdTable.numbers(ProcessCalls.self())) {
            if (!inherited.contains(number) && isInheritable(number)) {
                FileCalls.fcntl(number, F_SETFD, FD_CLOEXEC);
            }
        }
    }
}
