package org.jdmtcp.plugin.fd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Looks for files by their inode numbers, near names that are known: below them, then below the folders that they are in. One search
 * serves all that a checkpoint looks for, and ends after so many names that the pause stays below half a second. Without privilege there is no other way. A program
 * that watches folders for IN_OPEN, IN_ACCESS or IN_CLOSE_NOWRITE is told of the search as of anybody else's listing.
 */
final class InodeSearch {
    private static final int MOST_NAMES = 100_000;
    private static final int BUFFER = 64 << 10;

    // struct linux_dirent64 (linux/dirent.h): u64 d_ino at 0, u16 d_reclen at 16, u8 d_type at 18, the name from 19.
    private static final int D_RECLEN = 16;
    private static final int D_TYPE = 18;
    private static final int D_NAME = 19;
    private static final byte DT_DIR = 4;

    private final Deque<String> folders = new ArrayDeque<>();
    private final Set<String> seen = new HashSet<>();
    private final Map<Long, List<String>> passed = new HashMap<>();
    private int names;

    /** @param near names to begin with */
    InodeSearch(final Stream<String> near) {
        near.forEach(name -> {
            add(name);
            add(BytePath.directory(name));
        });
        Stream.of("HOME", "TMPDIR")
                .map(System::getenv)
                .flatMap(folder -> Optional.ofNullable(folder).stream())
                .forEach(this::add);
        add("/tmp");
        add("/etc");
    }

    private void add(final String folder) {
        if (seen.add(folder)) {
            folders.add(folder);
        }
    }

    /**
     * Goes on searching until the file is found; what was passed on the way is known for later.
     *
     * @param isIt makes sure of a file with that inode number
     */
    Optional<String> find(final long inode, final Predicate<String> isIt) {
        Optional<String> found = known(inode, isIt);
        while (found.isEmpty() && !folders.isEmpty() && names < MOST_NAMES) {
            pass(folders.remove());
            found = known(inode, isIt);
        }
        return found;
    }

    private Optional<String> known(final long inode, final Predicate<String> isIt) {
        return passed.getOrDefault(inode, List.of()).stream().filter(isIt).findFirst();
    }

    private void pass(final String folder) {
        FileCalls.linkStatus(folder).ifPresent(status -> note(status.inode(), folder));
        try (Arena arena = Arena.ofConfined();
                Fd directory = FileCalls.open(folder, FileCalls.O_DIRECTORY | FileCalls.O_NONBLOCK)) {
            final MemorySegment buffer = arena.allocate(BUFFER, 8);
            long size = list(directory, buffer);
            while (size > 0) {
                passEntries(folder, buffer.asSlice(0, size));
                size = list(directory, buffer);
            }
        } catch (final LinuxException e) {
            // No folder, or one that this user may not read: nothing is found there.
            names++;
        }
    }

    private void note(final long inode, final String path) {
        passed.computeIfAbsent(inode, _ -> new ArrayList<>(1)).add(path);
    }

    private static long list(final Fd directory, final MemorySegment buffer) {
        final long size = Linux.raw(SystemCall.GETDENTS64, directory.number(), buffer.address(), BUFFER);
        return Errno.isError(size) ? 0 : size;
    }

    private void passEntries(final String folder, final MemorySegment entries) {
        for (long at = 0; at < entries.byteSize(); at += entries.get(ValueLayout.JAVA_SHORT, at + D_RECLEN)) {
            names++;
            final String name = entries.getString(at + D_NAME, StandardCharsets.ISO_8859_1);
            if (name.equals(".") || name.equals("..")) {
                continue;
            }
            final String path = (folder.equals("/") ? "" : folder) + "/" + name;
            note(entries.get(ValueLayout.JAVA_LONG, at), path);
            if (entries.get(ValueLayout.JAVA_BYTE, at + D_TYPE) == DT_DIR) {
                add(path);
            }
        }
    }
}
