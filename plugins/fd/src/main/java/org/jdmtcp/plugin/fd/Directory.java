package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.view.DescriptorView;

/** A directory, opened again by its name, at the same place of its listing ({@code getdents64(2)}). */
final class Directory implements DescriptorKind<DirectoryState> {
    @Override
    public String name() {
        return "directory";
    }

    @Override
    public Parser<DirectoryState> parser() {
        return DirectoryState.parser();
    }

    @Override
    public Optional<DirectoryState> inspect(final DescriptorView descriptor) {
        if (!descriptor.status().isDirectory()) {
            return Optional.empty();
        }
        if (!NamedFile.hasName(descriptor)) {
            throw new Refusal(
                    descriptor.describe() + " is a directory that was removed or hidden by a mount: there is no"
                            + " name to open it by again; checkpoint when the program has closed it");
        }
        NamedFile.refuseProcessFile(descriptor);
        return Optional.of(DirectoryState.newBuilder()
                .setPath(BytePath.bytes(descriptor.target()))
                .setFlags(descriptor.flags())
                .setPosition(descriptor.position())
                .build());
    }

    @Override
    public Fd restore(final DirectoryState state, final RestoreContext context) {
        final String path = BytePath.of(state.getPath());
        NamedFile.require(path, FileStatus.S_IFDIR);
        final Fd directory = NamedFile.open(path, StatusFlags.forReopening(state.getFlags()) | FileCalls.O_DIRECTORY);
        if (Errno.isError(FileCalls.seek(directory, state.getPosition(), FileCalls.SEEK_SET))) {
            context.warn(path + " does not know the place of its listing where the program was: it lists it from the"
                    + " start again");
        }
        return directory;
    }
}
