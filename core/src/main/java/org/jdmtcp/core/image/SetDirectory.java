package org.jdmtcp.core.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileSystemCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * A directory of images, locked while this object is open: names in it change only under the lock. Beside an image
 * {@code NAME} there may be, hidden, {@code .NAME.new-X}, which its writer keeps locked as long as it lives, and
 * {@code .NAME.previous}, a second name of the image that is being replaced.
 */
final class SetDirectory implements AutoCloseable {
    private static final String NEW = ".new-";
    private static final String PREVIOUS = ".previous";

    private final Path path;
    private final Fd fd;

    private SetDirectory(final Path path, final Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    /** Opens and locks it; waits for others that are at it, which is short. */
    static SetDirectory lock(final Path path) {
        try {
            final Fd fd = FileCalls.open(FileNames.bytes(path), FileCalls.O_RDONLY | FileCalls.O_DIRECTORY);
            try {
                FileSystemCalls.lock(fd);
            } catch (final LinuxException e) {
                // A file system without locks: better a checkpoint without protection from a second writer than none.
                if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.ENOSYS && e.errno() != Errno.EINVAL) {
                    fd.close();
                    throw e;
                }
            }
            return new SetDirectory(path, fd);
        } catch (final LinuxException e) {
            throw new ImageException(path, "cannot take images: " + e.getMessage(), e);
        }
    }

    static boolean isWritable(final Path path) {
        return Files.isDirectory(path) && Files.isWritable(path);
    }

    Path image(final String name) {
        return path.resolve(name);
    }

    /** A name for a writer's file; {@code unique} tells apart what several writers make of one image. */
    Path temporary(final String name, final String unique) {
        return path.resolve("." + name + NEW + unique);
    }

    Path previous(final String name) {
        return path.resolve("." + name + PREVIOUS);
    }

    /** All writers' files. */
    List<Path> temporaries() {
        return list().filter(file -> temporaryOf(file).isPresent()).toList();
    }

    /** The names of the images that have a second name. */
    List<String> replaced() {
        return list().map(file -> file.getFileName().toString())
                .filter(name ->
                        name.startsWith(".") && name.endsWith(PREVIOUS) && name.length() > PREVIOUS.length() + 1)
                .map(name -> name.substring(1, name.length() - PREVIOUS.length()))
                .toList();
    }

    /** The image that a writer's file is to become. */
    static Optional<String> temporaryOf(final Path file) {
        final String name = file.getFileName().toString();
        final int at = name.lastIndexOf(NEW);
        return name.startsWith(".") && at > 1 ? Optional.of(name.substring(1, at)) : Optional.empty();
    }

    /** The names of all images. */
    Stream<String> images() {
        return list().map(file -> file.getFileName().toString()).filter(name -> !name.startsWith("."));
    }

    private Stream<Path> list() {
        try (Stream<Path> files = Files.list(path)) {
            return files.toList().stream();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void rename(final Path from, final Path to) {
        FileCalls.rename(FileNames.bytes(from), FileNames.bytes(to));
    }

    void remove(final Path file) {
        FileCalls.unlink(FileNames.bytes(file));
    }

    /** Gives an image its second name, whatever had that; false where there is no image or links are not possible. */
    boolean keepPrevious(final String name) {
        final Path previous = previous(name);
        remove(previous);
        final long result = FileSystemCalls.link(FileNames.bytes(image(name)), FileNames.bytes(previous));
        if (result == -Errno.ENOENT
                || result == -Errno.EPERM
                || result == -Errno.EOPNOTSUPP
                || result == -Errno.EMLINK) {
            return false;
        }
        Linux.check(result, "link(\"" + image(name) + "\", \"" + previous + "\")");
        return true;
    }

    /** Brings the names to the disk. */
    void sync() {
        final long result = Linux.raw(SystemCall.FSYNC, fd.number());
        // Some network and FUSE file systems cannot sync a directory and keep its order by themselves.
        if (result != -Errno.EINVAL && result != -Errno.EOPNOTSUPP) {
            Linux.check(result, "fsync(\"" + path + "\")");
        }
    }

    /** The checkpoint of an image; empty where there is no sound image of that name. */
    static Optional<SetIdentity> identity(final Path image) {
        if (!Files.isRegularFile(image)) {
            return Optional.empty();
        }
        try (ImageReader reader = ImageReader.open(image)) {
            return reader.set();
        } catch (final ImageException e) {
            return Optional.empty();
        }
    }

    /** Whether an image of that name belongs to a checkpoint. */
    boolean holds(final String name, final SetIdentity identity) {
        return identity(image(name)).filter(identity::sameCheckpoint).isPresent();
    }

    @Override
    public void close() {
        fd.close();
    }
}
