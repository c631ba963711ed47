package org.jdmtcp.plugin.shm;

import static org.jdmtcp.spi.linux.FileCalls.O_CREAT;
import static org.jdmtcp.spi.linux.FileCalls.O_EXCL;
import static org.jdmtcp.spi.linux.FileCalls.O_NOFOLLOW;
import static org.jdmtcp.spi.linux.FileCalls.O_RDONLY;
import static org.jdmtcp.spi.linux.FileCalls.O_RDWR;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.FileSystemCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.view.MappingView;

/**
 * A file with a name on a file system that lies in memory, mapped shared: {@code shm_open(3)}, {@code sem_open(3)}, a file
 * of hugetlbfs. Where a process may write to it, it is memory like any other: its size and contents are those of the
 * checkpoint again, whether or not the file is still there. One that all only read is somebody else's: it is made again
 * where it is missing, and left alone where it is not.
 */
final class MemoryFile implements MappingKind<MemoryFileState> {
    private static final String MAY_WRITE = "mw";
    private static final int WHILE_FILLING = 0600;

    @Override
    public String name() {
        return "memory-file";
    }

    @Override
    public Parser<MemoryFileState> parser() {
        return MemoryFileState.parser();
    }

    @Override
    public Optional<MemoryFileState> inspect(final MappingView mapping) {
        if (mapping.isDeleted() || !mapping.path().startsWith("/")) {
            return Optional.empty();
        }
        final FileStatus status = FileCalls.status(mapping.path())
                .filter(s -> s.isRegular() && s.inode() == mapping.inode())
                .orElseThrow(() -> new Refusal(mapping.describe() + " is not to be found by its name any more"));
        return Optional.of(MemoryFileState.newBuilder()
                .setPath(ByteStrings.bytes(mapping.path()))
                .setSize(status.size())
                .setContentsId(mapping.keepContents(status.size()))
                .setPermissions(status.permissions())
                .setUid(status.uid())
                .setGid(status.gid())
                .setWritten(mapping.places().stream()
                        .anyMatch(place -> place.flags().contains(MAY_WRITE)))
                .build());
    }

    @Override
    public Optional<Fd> restore(final MemoryFileState state, final RestoreContext context) {
        final String path = ByteStrings.of(state.getPath());
        try {
            final Optional<FileStatus> now = FileCalls.linkStatus(path);
            return Optional.of(now.isPresent() ? again(path, state, now.get(), context) : anew(path, state, context));
        } catch (final LinuxException e) {
            throw new Refusal(
                    "the shared memory " + path + " cannot be made again: " + e.getMessage()
                            + "; remove what is in the way, or restart as a user who may",
                    e);
        }
    }

    private static Fd again(
            final String path, final MemoryFileState state, final FileStatus now, final RestoreContext context) {
        if (!now.isRegular() || !state.getWritten() && now.size() < state.getSize()) {
            throw new Refusal("the file " + path + " that the program had mapped is another one now: put it back");
        }
        if (!state.getWritten()) {
            return FileCalls.open(path, O_RDONLY);
        }
        final Fd file = FileCalls.open(path, O_RDWR | O_NOFOLLOW);
        // Others may have it mapped: cutting it to nothing, even for a moment, would kill them (SIGBUS).
        if (now.size() > 0 && FileSystemCalls.punchHole(file, 0, now.size()) < 0) {
            FileCalls.truncate(file, 0);
        }
        Sizes.fill(file, state.getContentsId(), context);
        return file;
    }

    private static Fd anew(final String path, final MemoryFileState state, final RestoreContext context) {
        final Fd file = FileCalls.open(path, O_RDWR | O_CREAT | O_EXCL, WHILE_FILLING);
        Sizes.fill(file, state.getContentsId(), context);
        // Only root may give a file away; the user's own files are his already.
        OwnershipCalls.setOwner(file, state.getUid(), state.getGid());
        OwnershipCalls.setPermissions(file, state.getPermissions());
        return file;
    }
}
