package org.jdmtcp.plugin.fd;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contents of regular files with a name that the user wants in the image ({@code --ckpt-open-files}), each file's once. At a
 * restart a file that is missing is made again, its folders too. One that is as it was is left alone, and one that has changed is replaced
 * where the user allows it ({@code --allow-file-overwrite}), else the restart is refused: nothing is lost unasked.
 */
final class KeptFile {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.fd");

    private static final int FOLDER_PERMISSIONS = 0777;
    private static final int WHILE_WRITING = 0600;

    private final Map<FileId, Long> kept = new HashMap<>();
    private final Set<String> settled = new HashSet<>();

    /**
     * Keeps the contents, where the user wants that.
     *
     * @return the id of the contents
     * @throws Refusal where they cannot be read
     */
    OptionalLong keep(final DescriptorView descriptor) {
        if (!descriptor.wantsContents() || isOfTheKernel(descriptor.target())) {
            return OptionalLong.empty();
        }
        final FileStatus status = descriptor.status();
        requireReadable(descriptor);
        return OptionalLong.of(kept.computeIfAbsent(
                new FileId(status.device(), status.inode()), _ -> descriptor.keepContents(status.size())));
    }

    private static boolean isOfTheKernel(final String path) {
        return path.startsWith("/proc/") || path.startsWith("/sys/") || path.startsWith("/dev/");
    }

    private static void requireReadable(final DescriptorView descriptor) {
        try {
            StatusFlags.reopen(descriptor.open(), FileCalls.O_RDONLY | FileCalls.O_NONBLOCK)
                    .close();
        } catch (final LinuxException e) {
            if (!StatusFlags.reads(descriptor.flags())) {
                throw new Refusal(
                        descriptor.describe() + " may not be read, so that its contents cannot be kept: "
                                + e.getMessage() + "; make it readable, or do without --ckpt-open-files",
                        e);
            }
        }
    }

    /** Sees to it that the file is there with its contents, at the first call for it. */
    void settle(final RegularFileState state, final RestoreContext context) {
        final String path = BytePath.of(state.getPath());
        if (!settled.add(path)) {
            return;
        }
        final Optional<FileStatus> now = NamedFile.look(path);
        if (now.isEmpty()) {
            LOG.debug("{} is gone and is made from the image, {} bytes", path, state.getSize());
            make(path, state, context);
            return;
        }
        NamedFile.require(path, FileStatus.S_IFREG);
        if (isAsItWas(path, now.get(), state, context)) {
            LOG.trace("{} is as it was", path);
            return;
        }
        if (!context.mayOverwriteFiles()) {
            throw new Refusal(path + ", whose contents are in the image, has changed since the checkpoint: restart with"
                    + " --allow-file-overwrite to get those of the checkpoint back, or move the file away first");
        }
        LOG.debug("{} has changed and is overwritten from the image, {} bytes", path, state.getSize());
        try (Fd file = NamedFile.open(path, FileCalls.O_WRONLY)) {
            write(file, state, context);
        }
    }

    private static boolean isAsItWas(
            final String path, final FileStatus now, final RegularFileState state, final RestoreContext context) {
        if (now.size() != state.getSize()) {
            return false;
        }
        if (now.size() == 0) {
            return true;
        }
        try (Arena arena = Arena.ofConfined();
                Fd file = NamedFile.open(path, FileCalls.O_RDONLY);
                Fd saved = FileCalls.memoryFile("kept")) {
            write(saved, state, context);
            return MemoryCalls.mapReadOnly(arena, file, 0, now.size())
                            .mismatch(MemoryCalls.mapReadOnly(arena, saved, 0, now.size()))
                    == -1;
        }
    }

    private static void make(final String path, final RegularFileState state, final RestoreContext context) {
        try {
            makeFolder(Path.of(BytePath.directory(path)));
            try (Fd file =
                    FileCalls.open(path, FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_WRONLY, WHILE_WRITING)) {
                write(file, state, context);
                // Only root may give a file away; the user's own files are his already.
                OwnershipCalls.setOwner(file, state.getUid(), state.getGid());
                OwnershipCalls.setPermissions(file, state.getPermissions());
            }
        } catch (final LinuxException e) {
            throw new Refusal(
                    path + ", which the program had open, is gone and cannot be made again: " + e.getMessage()
                            + "; make room for it and restart again",
                    e);
        }
    }

    private static void makeFolder(final Path folder) {
        if (FileCalls.status(folder.toString()).isPresent()) {
            return;
        }
        final Path parent = folder.getParent();
        if (parent != null) {
            makeFolder(parent);
        }
        try (Arena arena = Arena.ofConfined()) {
            final long result = Linux.raw(
                    SystemCall.MKDIR, Linux.cString(arena, folder.toString()).address(), FOLDER_PERMISSIONS);
            if (result != -Errno.EEXIST) {
                Linux.check(result, "mkdir(\"" + folder + "\")");
            }
        }
    }

    private static void write(final Fd file, final RegularFileState state, final RestoreContext context) {
        // What was a hole is one again.
        FileCalls.truncate(file, 0);
        context.writeContents(state.getContentsId(), file);
        FileCalls.truncate(file, state.getSize());
    }
}
