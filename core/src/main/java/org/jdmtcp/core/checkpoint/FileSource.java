package org.jdmtcp.core.checkpoint;

import java.util.Optional;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.procfs.MapFiles;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;

/**
 * Where the contents of a mapped file can be read.
 *
 * @param path that leads to the file now, perhaps through /proc
 * @param key identifies this version of the file in the checkpoint: device, inode, size and time of modification
 */
record FileSource(String path, String key) {
    /** A file that its name leads to. */
    static FileSource named(final Mapping mapping, final FileStatus status) {
        return new FileSource(mapping.path(), key(status));
    }

    /** A file whose name is gone, where this user can reach it otherwise. */
    static Optional<FileSource> nameless(final FrozenProcess process, final Mapping mapping) {
        final String executable = "/proc/" + process.mainThread().tid() + "/exe";
        for (final String path :
                new String[] {MapFiles.path(process.mainThread().tid(), mapping), executable}) {
            if (isAccessible(path)) {
                final FileStatus status = FileCalls.status(path).orElseThrow();
                if (status.inode() == mapping.inode()) {
                    return Optional.of(new FileSource(path, key(status)));
                }
            }
        }
        return Optional.empty();
    }

    /** Whether this user can open it for reading. */
    private static boolean isAccessible(final String path) {
        try (Fd fd = FileCalls.open(path, FileCalls.O_RDONLY)) {
            return fd.number() >= 0;
        } catch (final LinuxException e) {
            return false;
        }
    }

    /** Opens the file for reading. */
    Fd open() {
        return FileCalls.open(path, FileCalls.O_RDONLY);
    }

    static String key(final FileStatus status) {
        return Long.toHexString(status.device()) + ":" + status.inode() + ":" + status.size() + ":"
                + status.modifiedNanos();
    }
}
