package org.jdmtcp.core.checkpoint;

import java.io.File;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.spi.linux.FileCalls;
import org.jspecify.annotations.Nullable;

/**
 * The names of POSIX semaphores. {@code sem_open(3)} makes a file of another name, maps it, links it to the semaphore's name and
 * removes the first: who has made a semaphore maps what looks like a deleted file, while all others, and those who will open it
 * later, have it by its name. It is one and the same file.
 */
final class SemaphoreNames {
    private static final String FOLDER = "/dev/shm/";
    private static final String PREFIX = "sem.";

    private @Nullable Map<Long, String> names;

    /** The mapping under the name that its file has now; empty where it has none, or is no semaphore. */
    Optional<Mapping> named(final Mapping mapping) {
        if (!mapping.deleted() || !mapping.shared() || !mapping.path().startsWith(FOLDER + PREFIX)) {
            return Optional.empty();
        }
        return Optional.ofNullable(known().get(mapping.inode())).map(name -> renamed(mapping, name));
    }

    private Map<Long, String> known() {
        Map<Long, String> all = names;
        if (all == null) {
            all = read();
            names = all;
        }
        return all;
    }

    private static Map<Long, String> read() {
        final Map<Long, String> found = new HashMap<>();
        final String[] entries = Optional.ofNullable(new File(FOLDER).list()).orElse(new String[0]);
        for (final String entry : entries) {
            if (entry.startsWith(PREFIX)) {
                FileCalls.linkStatus(FOLDER + entry).ifPresent(status -> found.put(status.inode(), FOLDER + entry));
            }
        }
        return found;
    }

    private static Mapping renamed(final Mapping m, final String path) {
        return new Mapping(
                m.start(),
                m.end(),
                m.prot(),
                m.shared(),
                m.offset(),
                m.major(),
                m.minor(),
                m.inode(),
                path,
                false,
                m.details());
    }
}
