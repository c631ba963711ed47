package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_RDWR;
import static org.jdmtcp.spi.linux.FileCalls.O_TMPFILE;

import com.google.protobuf.Parser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * A regular file whose name is gone. Its contents are kept in the image and restored into a file without a name
 * (O_TMPFILE) in the same directory, else in the directory for temporary files, else in memory. Several open files of one
 * such file share it again. Where the file had another name, which cannot be found, the two are separate afterwards, and
 * the user is told.
 *
 * <p>A memfd looks like this, too; its seals and mappings are not this kind's, so it is not claimed.
 */
final class UnlinkedFile implements DescriptorKind<UnlinkedFileState> {
    private static final String MEMFD = "/memfd:";
    private static final int WHILE_REOPENING = 0600;

    /** At a checkpoint: contents that are kept already. */
    private final Map<FileId, Long> kept = new HashMap<>();
    /** At a restart: files that exist already; the descriptors belong to {@link #scratch}. */
    private final Map<FileId, Fd> restored = new HashMap<>();

    private final Scratch scratch;

    UnlinkedFile(final Scratch scratch) {
        this.scratch = scratch;
    }

    @Override
    public String name() {
        return "unlinked-file";
    }

    @Override
    public Parser<UnlinkedFileState> parser() {
        return UnlinkedFileState.parser();
    }

    @Override
    public Optional<UnlinkedFileState> inspect(final DescriptorView descriptor) {
        final FileStatus status = descriptor.status();
        final String target = descriptor.target();
        if (!status.isRegular() || !BytePath.isPath(target) || target.startsWith(MEMFD)) {
            return Optional.empty();
        }
        if (status.links() != 0 && !BytePath.isMarkedDeleted(target)) {
            NamedFile.refuseHidden(descriptor);
        }
        final long contents = kept.computeIfAbsent(
                new FileId(status.device(), status.inode()), _ -> descriptor.keepContents(status.size()));
        return Optional.of(UnlinkedFileState.newBuilder()
                .setDirectory(BytePath.bytes(BytePath.directory(BytePath.withoutMark(target))))
                .setFlags(descriptor.flags())
                .setPosition(descriptor.position())
                .setSize(status.size())
                .setDevice(status.device())
                .setInode(status.inode())
                .setContentsId(contents)
                .setPermissions(status.permissions())
                .setUid(status.uid())
                .setGid(status.gid())
                .setLinks(status.links())
                .build());
    }

    @Override
    public Fd restore(final UnlinkedFileState state, final RestoreContext context) {
        final FileId id = new FileId(state.getDevice(), state.getInode());
        Fd shared = restored.get(id);
        if (shared == null) {
            shared = make(state, context);
            restored.put(id, shared);
        }
        // The program may hold a file open that it could not open now. The mode is final after each of its open files.
        OwnershipCalls.setPermissions(shared, WHILE_REOPENING);
        final Fd file = StatusFlags.reopen(shared, StatusFlags.forReopening(state.getFlags()));
        OwnershipCalls.setPermissions(shared, state.getPermissions());
        Linux.check(FileCalls.seek(file, state.getPosition(), FileCalls.SEEK_SET), "lseek");
        return file;
    }

    private Fd make(final UnlinkedFileState state, final RestoreContext context) {
        final Fd file = scratch.hold(withoutName(BytePath.of(state.getDirectory())));
        context.writeContents(state.getContentsId(), file);
        FileCalls.truncate(file, state.getSize());
        // Only root may give a file away; the user's own files are his already.
        OwnershipCalls.setOwner(file, state.getUid(), state.getGid());
        if (state.getLinks() > 0) {
            context.warn("a file of " + BytePath.of(state.getDirectory()) + " that the program had open under a deleted"
                    + " name had another name, too: the program has a copy of its own now");
        }
        return file;
    }

    private static Fd withoutName(final String directory) {
        final String temporary = Optional.ofNullable(System.getenv("TMPDIR")).orElse("/tmp");
        for (final String place : List.of(directory, temporary)) {
            try {
                return FileCalls.open(place, O_TMPFILE | O_RDWR, WHILE_REOPENING);
            } catch (final LinuxException e) {
                // The directory may be gone, read-only, or on a file system without O_TMPFILE: the next place does.
                continue;
            }
        }
        return FileCalls.memoryFile("unlinked");
    }
}
