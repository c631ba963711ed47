package org.jdmtcp.core.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileSystemCalls;
import org.jdmtcp.spi.linux.LinuxException;

/**
 * Puts a directory in order after a writer died.
 *
 * <p>Renaming the files of a checkpoint is not atomic, so the first rename is what counts. All files were whole and on
 * the disk before it, hence:
 *
 * <ol>
 *   <li>A dead writer's files of a checkpoint of which no image is in place: it had not been committed; they go.
 *   <li>Some images are in place: the commit had begun; the others are renamed as well.
 *   <li>Some are in place and others are lost: nothing makes that checkpoint whole, so the previous images, which have
 *       second names until all is done, are put back.
 *   <li>Second names are left and the images are all of one checkpoint: the commit was complete; they go.
 * </ol>
 */
final class SetRecovery {
    private final SetDirectory directory;

    SetRecovery(final SetDirectory directory) {
        this.directory = directory;
    }

    void settle() {
        finishOrDrop();
        putBackOrForget();
    }

    private record Stale(Path file, String name, SetIdentity identity) {}

    private void finishOrDrop() {
        final Map<String, List<Stale>> byCheckpoint = new LinkedHashMap<>();
        for (final Path file : directory.temporaries()) {
            if (isAbandoned(file)) {
                final Optional<SetIdentity> identity = SetDirectory.identity(file);
                if (identity.isEmpty()) {
                    directory.remove(file);
                } else {
                    final SetIdentity id = identity.get();
                    byCheckpoint
                            .computeIfAbsent(id.generation() + " " + id.computation(), key -> new ArrayList<>())
                            .add(new Stale(file, SetDirectory.temporaryOf(file).orElseThrow(), id));
                }
            }
        }
        for (final List<Stale> files : byCheckpoint.values()) {
            final SetIdentity identity = files.getFirst().identity();
            final boolean begun = identity.members().stream().anyMatch(name -> directory.holds(name, identity));
            for (final Stale stale : files) {
                if (begun) {
                    directory.rename(stale.file(), directory.image(stale.name()));
                } else {
                    directory.remove(stale.file());
                }
            }
        }
    }

    private static boolean isAbandoned(final Path file) {
        final String name = FileNames.bytes(file);
        try (Fd fd = FileCalls.open(name, FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW | FileCalls.O_NONBLOCK)) {
            return FileSystemCalls.tryLock(fd);
        } catch (final LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.EACCES || e.errno() == Errno.ELOOP) {
                return false;
            }
            throw e;
        }
    }

    private void putBackOrForget() {
        final List<String> replaced = directory.replaced();
        if (replaced.isEmpty()) {
            return;
        }
        final List<String> putBack = new ArrayList<>();
        for (final String name : replaced) {
            if (isToBePutBack(name, replaced)) {
                putBack.add(name);
            }
        }
        for (final String name : putBack) {
            directory.rename(directory.previous(name), directory.image(name));
        }
        directory.sync();
        replaced.forEach(name -> directory.remove(directory.previous(name)));
    }

    private boolean isToBePutBack(final String name, final List<String> replaced) {
        final Optional<SetIdentity> now = SetDirectory.identity(directory.image(name));
        if (now.isEmpty()) {
            return true;
        }
        final Optional<SetIdentity> before = SetDirectory.identity(directory.previous(name));
        if (before.filter(now.get()::sameCheckpoint).isPresent()) {
            return false;
        }
        if (isWhole(now.get())) {
            before.ifPresent(identity -> removeObsolete(identity, now.get()));
            return false;
        }
        removeNewcomers(now.get(), replaced);
        return true;
    }

    private boolean isWhole(final SetIdentity identity) {
        return identity.members().stream().allMatch(name -> directory.holds(name, identity));
    }

    /** Images of a checkpoint that is given up, in whose place there was nothing before. */
    private void removeNewcomers(final SetIdentity givenUp, final List<String> replaced) {
        for (final String name : givenUp.members()) {
            if (!replaced.contains(name) && directory.holds(name, givenUp)) {
                directory.remove(directory.image(name));
            }
        }
    }

    /** Images of the checkpoint before whose processes have ended since. */
    private void removeObsolete(final SetIdentity before, final SetIdentity now) {
        for (final String name : before.members()) {
            if (before.computation().equals(now.computation())
                    && !now.members().contains(name)
                    && directory.holds(name, before)) {
                directory.remove(directory.image(name));
            }
        }
    }
}
