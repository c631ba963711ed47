package org.jdmtcp.plugin.fd;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.NotificationCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jspecify.annotations.Nullable;

/**
 * Finds what inotify and fanotify watch: the kernel tells its inode, the restart needs a name. The sources, in this order:
 *
 * <ol>
 *   <li>where it was found at the last checkpoint;
 *   <li>the file handle, which takes CAP_DAC_READ_SEARCH;
 *   <li>open files of the computation: the only place of a file without a name;
 *   <li>a look around, see {@link InodeSearch}.
 * </ol>
 *
 * Whether a name leads to the watched file its status tells. Some file systems show other numbers there than in fdinfo; then the kernel is asked to watch the
 * name for an inotify instance of our own, whose fdinfo must show the same inode. Closing that takes the kernel tens of milliseconds, so that
 * there is one for a whole checkpoint, and it is closed when the programs run on.
 */
final class WatchedFiles {
    private static final String DELETED = " (deleted)";

    private final Map<Key, String> known = new HashMap<>();

    private @Nullable Fd probe;
    private @Nullable InodeSearch search;

    private record Key(long inode, long device) {}

    /**
     * Where the restart finds a watched file.
     *
     * @param watcher who watches it
     * @throws Refusal where it cannot be found
     */
    WatchedFile find(final WatchedInode file, final DescriptorView watcher) {
        final Optional<DescriptorView> open = nameless(file, watcher);
        if (open.isPresent()) {
            return openFile(open.get(), watcher);
        }
        final Key key = new Key(file.inode(), file.device());
        final String path = Stream.<Supplier<Optional<String>>>of(
                        () -> Optional.ofNullable(known.get(key)),
                        () -> byHandle(file),
                        () -> openNames(watcher)
                                .filter(name -> isAt(name, file))
                                .findFirst(),
                        () -> search(watcher).find(file.inode(), name -> leadsTo(name, file)))
                .map(Supplier::get)
                .flatMap(Optional::stream)
                .filter(name -> leadsTo(name, file))
                .findFirst()
                .orElseThrow(() -> notFound(file, watcher));
        known.put(key, path);
        return WatchedFile.newBuilder()
                .setPath(BytePath.bytes(path))
                .setDirectory(FileCalls.linkStatus(path)
                        .filter(FileStatus::isDirectory)
                        .isPresent())
                .build();
    }

    private static Refusal notFound(final WatchedInode file, final DescriptorView watcher) {
        return new Refusal(watcher.describe() + " watches inode " + file.inode() + " of device "
                + WatchedInode.deviceText(file.device())
                + ", whose name cannot be found near the files that the program has open; make the checkpoint with"
                + " CAP_DAC_READ_SEARCH (as root), have the program open that file or folder, or remove the watch");
    }

    private Optional<DescriptorView> nameless(final WatchedInode file, final DescriptorView watcher) {
        return watcher.computation().stream()
                .filter(member -> member.status().links() == 0
                        && BytePath.isPath(member.target())
                        && member.status().inode() == file.inode())
                .filter(member -> isSame(member.status(), file)
                        || isWatchedAs("/proc/self/fd/" + member.open().number(), file, 0))
                .findFirst();
    }

    private static WatchedFile openFile(final DescriptorView open, final DescriptorView watcher) {
        for (final DescriptorView.Holder holder : open.holders()) {
            final boolean both = watcher.holders().stream()
                    .anyMatch(h -> h.process().pid() == holder.process().pid());
            if (both) {
                return WatchedFile.newBuilder()
                        .setPid(holder.process().ownPid())
                        .setNumber(holder.number())
                        .setDirectory(open.status().isDirectory())
                        .build();
            }
        }
        throw new Refusal(watcher.describe() + " watches a deleted file, " + BytePath.withoutMark(open.target())
                + ", which no process with this descriptor has open; have the program remove the watch");
    }

    private static Optional<String> byHandle(final WatchedInode file) {
        if (file.handle().isEmpty()) {
            return Optional.empty();
        }
        return Mounts.paths(WatchedInode.deviceText(file.device()))
                .map(mount -> byHandle(mount, file))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> byHandle(final String mount, final WatchedInode file) {
        final Optional<FileStatus> there = FileCalls.linkStatus(mount);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        try (Fd directory = FileCalls.open(mount, FileCalls.O_PATH)) {
            // The kernel wants a file of the file system that was not opened with O_PATH where it may be read.
            try (Fd readable = StatusFlags.reopen(directory, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK)) {
                final long opened = NotificationCalls.openByHandle(readable, file.handleType(), file.handleBytes());
                if (Errno.isError(opened)) {
                    return Optional.empty();
                }
                try (Fd found = new Fd((int) opened)) {
                    return FileCalls.readLink("/proc/self/fd/" + found.number())
                            .filter(name -> BytePath.isPath(name) && !name.endsWith(DELETED));
                }
            }
        } catch (final LinuxException e) {
            // A mount that this user may not look into: the next source does.
            return Optional.empty();
        }
    }

    private static Stream<String> openNames(final DescriptorView watcher) {
        final Stream<String> folders = watcher.holders().stream()
                .map(holder -> FileCalls.readLink("/proc/" + holder.process().pid() + "/cwd"))
                .flatMap(Optional::stream);
        final Stream<String> files = watcher.computation().stream()
                .map(DescriptorView::target)
                .filter(BytePath::isPath)
                .filter(name -> !name.startsWith("/proc/") && !name.startsWith("/dev/"));
        return Stream.concat(folders, files).distinct();
    }

    /** Whether a name leads to the file, going by its status. */
    private static boolean isAt(final String path, final WatchedInode file) {
        return FileCalls.linkStatus(path).filter(status -> isSame(status, file)).isPresent();
    }

    private static boolean isSame(final FileStatus status, final WatchedInode file) {
        return status.inode() == file.inode() && WatchedInode.device(status) == file.device();
    }

    /** Whether a name leads to the file, as the kernel knows it. */
    private boolean leadsTo(final String path, final WatchedInode file) {
        return isAt(path, file) || isWatchedAs(path, file, NotificationCalls.IN_DONT_FOLLOW);
    }

    private boolean isWatchedAs(final String path, final WatchedInode file, final int moreFlags) {
        final Fd instance;
        try {
            instance = probe();
        } catch (final LinuxException e) {
            // The user has as many instances as he may have: the status must do.
            return false;
        }
        final long watch = NotificationCalls.addWatch(instance, path, NotificationCalls.IN_DELETE_SELF | moreFlags);
        return !Errno.isError(watch)
                && ProcText.lines("/proc/self/fdinfo/" + instance.number())
                        .filter(line -> line.startsWith("inotify wd:" + Long.toHexString(watch) + " "))
                        .map(WatchedInode::parse)
                        .flatMap(Optional::stream)
                        .anyMatch(file::isSame);
    }

    private InodeSearch search(final DescriptorView watcher) {
        InodeSearch begun = search;
        if (begun == null) {
            begun = new InodeSearch(openNames(watcher));
            search = begun;
        }
        return begun;
    }

    private Fd probe() {
        Fd open = probe;
        if (open == null) {
            open = NotificationCalls.inotify(0);
            probe = open;
        }
        return open;
    }

    /** Gives up what helped to find files; to be called while the programs run. */
    void rest() {
        search = null;
        final Fd open = probe;
        if (open != null) {
            open.close();
            probe = null;
        }
    }
}
