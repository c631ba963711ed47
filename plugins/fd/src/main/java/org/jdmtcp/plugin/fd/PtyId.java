package org.jdmtcp.plugin.fd;

import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.TerminalCalls;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * Which pseudo-terminal it is.
 *
 * @param device the file system of its slave: a mount namespace may have one of its own
 * @param index its number there
 */
record PtyId(long device, int index) {
    static final String CONTROLLING = "/dev/tty";

    private static final long TTY_NUMBER = 5L << 32;
    private static final long PTMX_NUMBER = 5L << 32 | 2;
    private static final long SLAVE_MAJOR = 136;
    private static final String DIRECTORY = "/dev/pts/";

    /** Whether an open file is a master. */
    static boolean isMaster(final DescriptorView descriptor) {
        return isDevice(descriptor) && descriptor.status().rdev() == PTMX_NUMBER;
    }

    /** Whether an open file is a slave, opened by its name or as the controlling terminal. */
    static boolean isSlave(final DescriptorView descriptor) {
        return isDevice(descriptor) && (isSlave(descriptor.status().rdev()) || isControlling(descriptor));
    }

    /** Whether an open file was opened as the controlling terminal. */
    static boolean isControlling(final DescriptorView descriptor) {
        return isDevice(descriptor) && descriptor.status().rdev() == TTY_NUMBER;
    }

    private static boolean isDevice(final DescriptorView descriptor) {
        return descriptor.status().type() == FileStatus.S_IFCHR && (descriptor.flags() & FileCalls.O_PATH) == 0;
    }

    private static boolean isSlave(final long number) {
        return number >>> 32 == SLAVE_MAJOR;
    }

    /** That of a master; empty where its slave's name cannot be found. */
    static Optional<PtyId> ofMaster(final DescriptorView master) {
        final int index = TerminalCalls.index(master.open());
        return slaveOf(master, index).map(slave -> new PtyId(slave.device(), index));
    }

    /** Status of the name of a master's slave. The kernel looks for it beside the name by which the master was opened, too. */
    static Optional<FileStatus> slaveOf(final DescriptorView master, final int index) {
        final String directory = BytePath.directory(master.target());
        final List<String> names = List.of(directory + "/pts/" + index, directory + "/" + index);
        for (final String root : List.of("/proc/" + master.process().pid() + "/root", "")) {
            for (final String name : names) {
                final Optional<FileStatus> slave =
                        FileCalls.status(root + name).filter(status -> status.rdev() == (SLAVE_MAJOR << 32 | index));
                if (slave.isPresent()) {
                    return slave;
                }
            }
        }
        return Optional.empty();
    }

    /** That of a slave; empty where it was hung up, or is another kind of terminal. */
    static Optional<PtyId> ofSlave(final DescriptorView slave) {
        if (isSlave(slave.status().rdev())) {
            return Optional.of(
                    new PtyId(slave.status().device(), (int) slave.status().rdev()));
        }
        return ofControlling(slave.open(), slave.process().pid());
    }

    private static Optional<PtyId> ofControlling(final Fd terminal, final int pid) {
        final long number = TerminalCalls.device(terminal);
        return number < 0 || !isSlave(number)
                ? Optional.empty()
                : FileCalls.status("/proc/" + pid + "/root" + DIRECTORY + (int) number)
                        .map(status -> new PtyId(status.device(), (int) number));
    }
}
