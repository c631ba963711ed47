package org.jdmtcp.plugin.fd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
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
 * Looks for a file by its inode number, near names that are known: below them, then below the folders that they are in. The search
 * ends after so many names that a checkpoint's pause stays below half a second. Without privilege there is no other way. A program
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
    private final long inode;
    private final Predicate<String> isIt;
    private int names;

    private InodeSearch(final long inode, final Predicate<String> isIt) {
        this.inode = inode;
        this.isIt = isIt;
    }

    /**
     * Searches.
     *
     * @param near names to begin with
     * @param isIt makes sure of a file with that inode number
     */
    static Optional<String> around(final Stream<String> near, final long inode, final Predicate<String> isIt) {
        final InodeSearch search = new InodeSearch(inode, isIt);
        near.forEach(search::addWithParent);
        Stream.of("HOME", "TMPDIR").map(System::getenv).forEach(folder -> {
            if (folder != null) {
                search.add(folder);
            }
        });
        search.add("/tmp");
        search.add("/etc");
        return search.run();
    }

    private void addWithParent(final String path) {
        add(path);
        add(BytePath.directory(path));
    }

    private void add(final String folder) {
        if (seen.add(folder)) {
            folders.add(folder);
        }
    }

    private Optional<String> run() {
        while (!folders.isEmpty() && names < MOST_NAMES) {
            final Optional<String> found = look(folders.remove());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<String> look(final String folder) {
        try (Arena arena = Arena.ofConfined();
                Fd directory = FileCalls.open(folder, FileCalls.O_DIRECTORY | FileCalls.O_NONBLOCK)) {
            if (isIt.test(folder)) {
                return Optional.of(folder);
            }
            final MemorySegment buffer = arena.allocate(BUFFER, 8);
            long size = list(directory, buffer);
            while (size > 0) {
                final Optional<String> found = entries(folder, buffer.asSlice(0, size));
                if (found.isPresent()) {
                    return found;
                }
                size = list(directory, buffer);
            }
            return Optional.empty();
        } catch (final LinuxException e) {
            // No folder, or one that this user may not read.
            return Optional.empty();
        }
    }

    private static long list(final Fd directory, final MemorySegment buffer) {
        final long size = Linux.raw(SystemCall.GETDENTS64, directory.number(), buffer.address(), BUFFER);
        return Errno.isError(size) ? 0 : size;
    }

    private Optional<String> entries(final String folder, final MemorySegment entries) {
        for (long at = 0; at < entries.byteSize(); at += entries.get(ValueLayout.JAVA_SHORT, at + D_RECLEN)) {
            names++;
            final boolean isFolder = entries.get(ValueLayout.JAVA_BYTE, at + D_TYPE) == DT_DIR;
            final boolean candidate = entries.get(ValueLayout.JAVA_LONG, at) == inode;
            if (!isFolder && !candidate) {
                continue;
            }
            final String name = entries.getString(at + D_NAME, StandardCharsets.ISO_8859_1);
            if (name.equals(".") || name.equals("..")) {
                continue;
            }
            final String path = (folder.equals("/") ? "" : folder) + "/" + name;
            if (candidate && isIt.test(path)) {
                return Optional.of(path);
            }
            if (isFolder) {
                add(path);
            }
        }
        return Optional.empty();
    }
}
