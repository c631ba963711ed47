package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_APPEND;
import static org.jdmtcp.spi.linux.FileCalls.O_NOATIME;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * A regular file that has a name: opened again by it, at the same offset. What is in the file is the file system's, not the
 * image's: a file that has grown since is a matter of course; one that is shorter than the offset gets a warning, since
 * a reader finds its end there and a writer leaves a hole. A file that was renamed is known by its present name, which
 * the kernel tells. Nothing is ever truncated or created, unless the user wants the contents kept: {@link KeptFile}.
 */
final class RegularFile implements DescriptorKind<RegularFileState> {
    private final KeptFile kept = new KeptFile();

    @Override
    public String name() {
        return "file";
    }

    @Override
    public Parser<RegularFileState> parser() {
        return RegularFileState.parser();
    }

    @Override
    public Optional<RegularFileState> inspect(final DescriptorView descriptor) {
        final FileStatus status = descriptor.status();
        if (!status.isRegular()
                || !BytePath.isPath(descriptor.target())
                || status.links() == 0
                || !NamedFile.hasName(descriptor)) {
            return Optional.empty();
        }
        NamedFile.refuseProcessFile(descriptor);
        final RegularFileState.Builder state = RegularFileState.newBuilder()
                .setPath(BytePath.bytes(descriptor.target()))
                .setFlags(descriptor.flags())
                .setPosition(descriptor.position())
                .setSize(status.size())
                .setPermissions(status.permissions())
                .setUid(status.uid())
                .setGid(status.gid());
        kept.keep(descriptor).ifPresent(state::setContentsId);
        return Optional.of(state.build());
    }

    @Override
    public Fd restore(final RegularFileState state, final RestoreContext context) {
        final String path = BytePath.of(state.getPath());
        if (state.hasContentsId()) {
            kept.settle(state, context);
        }
        final FileStatus now = NamedFile.require(path, FileStatus.S_IFREG);
        final Fd file = open(path, StatusFlags.forReopening(state.getFlags()), context);
        if (now.size() < state.getPosition() && state.getPosition() <= state.getSize()) {
            context.warn(shorter(path, now.size(), state));
        }
        Linux.check(FileCalls.seek(file, state.getPosition(), FileCalls.SEEK_SET), "lseek of " + path);
        return file;
    }

    private static Fd open(final String path, final int flags, final RestoreContext context) {
        if ((flags & O_NOATIME) != 0) {
            try {
                return FileCalls.open(path, flags);
            } catch (final LinuxException e) {
                if (e.errno() != Errno.EPERM) {
                    throw e;
                }
                context.warn(path + " is open without O_NOATIME now: only its owner may use that flag");
            }
        }
        return NamedFile.open(path, flags & ~O_NOATIME);
    }

    private static String shorter(final String path, final long size, final RegularFileState state) {
        final String what = path + " has " + size + " bytes now, but the program was at byte " + state.getPosition()
                + " of " + state.getSize() + ": ";
        if (!StatusFlags.writes(state.getFlags())) {
            return what + "it will find the end of the file";
        }
        return what
                + ((state.getFlags() & O_APPEND) != 0
                        ? "it will append at the new end"
                        : "what it writes next leaves a gap of zeros before");
    }
}
