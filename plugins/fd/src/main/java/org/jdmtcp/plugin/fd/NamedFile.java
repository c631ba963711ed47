package org.jdmtcp.plugin.fd;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** What all open files with a name in the file system have in common: finding the name, and opening by it. */
final class NamedFile {
    private static final Pattern OF_ONE_PROCESS = Pattern.compile("/proc/\\d+/.*");

    private static final int READ_WRITE_BY_OWNER = 0600;

    private NamedFile() {}

    /** Whether the name in the descriptor's link leads to the very file now. */
    static boolean hasName(final DescriptorView descriptor) {
        return status(descriptor).filter(descriptor.status()::sameFile).isPresent();
    }

    private static Optional<FileStatus> status(final DescriptorView descriptor) {
        try {
            return FileCalls.linkStatus(descriptor.target());
        } catch (final LinuxException e) {
            throw new Refusal(
                    descriptor.describe() + " could not be opened by its name again: " + e.getMessage()
                            + "; checkpoint as a user who may look there",
                    e);
        }
    }

    /** Refuses where the name now belongs to something else although the file still has one, such as below a mount. */
    static void refuseHidden(final DescriptorView descriptor) {
        throw new Refusal(
                descriptor.describe() + " cannot be found by its name: another file is there now, or something"
                        + " was mounted over it; undo that, or have the program close it, and checkpoint again");
    }

    /** A file of /proc about one process would be another process's after a restart in a pid namespace. */
    static void refuseProcessFile(final DescriptorView descriptor) {
        if (OF_ONE_PROCESS.matcher(descriptor.target()).matches()) {
            throw new Refusal(descriptor.describe() + " tells of one process as it is now and cannot be opened again"
                    + " after a restart; checkpoint when the program has closed it");
        }
    }

    /**
     * Makes sure that a path leads to a file of the type that it was.
     *
     * @param type an S_IF constant
     * @throws Refusal where it does not
     */
    static FileStatus require(final String path, final int type) {
        final FileStatus now = look(path)
                .orElseThrow(() -> new Refusal(path + " does not exist, but the program had it"
                        + " open; put it back (or mount its file system here) and restart again"));
        if (now.type() != type) {
            throw new Refusal(path + " is " + typeName(now.type()) + " now, but the program had " + typeName(type)
                    + " open there; put it back and restart again");
        }
        return now;
    }

    static Optional<FileStatus> look(final String path) {
        try {
            return FileCalls.linkStatus(path);
        } catch (final LinuxException e) {
            throw new Refusal(
                    path + ", which the program had open, cannot be reached: " + e.getMessage()
                            + "; restart as a user who may look there",
                    e);
        }
    }

    /** Opens what is known to exist. @throws Refusal with the kernel's reason */
    static Fd open(final String path, final int flags) {
        try {
            return FileCalls.open(path, flags);
        } catch (final LinuxException e) {
            if (e.errno() == Errno.EACCES) {
                final Optional<Fd> own = openOwn(path, flags);
                if (own.isPresent()) {
                    return own.get();
                }
            }
            throw new Refusal(
                    path + ", which the program had open, cannot be opened again: " + e.getMessage()
                            + "; restart as a user who may, where it can be opened like that",
                    e);
        }
    }

    // The program may have opened its file before it took the permission away. Who owns the file can give it for a
    // moment.
    private static Optional<Fd> openOwn(final String path, final int flags) {
        try (Fd place = FileCalls.open(path, FileCalls.O_PATH)) {
            final FileStatus status = FileCalls.status(place);
            final String link = "/proc/self/fd/" + place.number();
            if (!status.isRegular()
                    || Errno.isError(OwnershipCalls.setPermissions(link, status.permissions() | READ_WRITE_BY_OWNER))) {
                return Optional.empty();
            }
            try {
                return Optional.of(FileCalls.open(link, flags));
            } finally {
                OwnershipCalls.setPermissions(link, status.permissions());
            }
        }
    }

    static String typeName(final int type) {
        return switch (type) {
            case FileStatus.S_IFREG -> "a regular file";
            case FileStatus.S_IFDIR -> "a directory";
            case FileStatus.S_IFIFO -> "a FIFO";
            case FileStatus.S_IFCHR -> "a character device";
            case FileStatus.S_IFBLK -> "a block device";
            case FileStatus.S_IFSOCK -> "a socket";
            case FileStatus.S_IFLNK -> "a symbolic link";
            default -> "something of type 0" + Integer.toOctalString(type);
        };
    }
}
