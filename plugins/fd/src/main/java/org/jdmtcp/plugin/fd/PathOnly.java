package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** A place in the file system that was opened with O_PATH: it stands for a name of any type, symbolic links included. */
final class PathOnly implements DescriptorKind<PathOnlyState> {
    @Override
    public String name() {
        return "path";
    }

    @Override
    public Parser<PathOnlyState> parser() {
        return PathOnlyState.parser();
    }

    @Override
    public Optional<PathOnlyState> inspect(final DescriptorView descriptor) {
        if ((descriptor.flags() & FileCalls.O_PATH) == 0) {
            return Optional.empty();
        }
        if (!BytePath.isPath(descriptor.target()) || !NamedFile.hasName(descriptor)) {
            throw new Refusal(descriptor.describe() + " was opened with O_PATH and has no name in the file system (any"
                    + " more), so that it cannot be opened again; checkpoint when the program has closed it");
        }
        NamedFile.refuseProcessFile(descriptor);
        return Optional.of(PathOnlyState.newBuilder()
                .setPath(BytePath.bytes(descriptor.target()))
                .setFlags(descriptor.flags())
                .setType(descriptor.status().type())
                .build());
    }

    @Override
    public Fd restore(final PathOnlyState state, final RestoreContext context) {
        final String path = BytePath.of(state.getPath());
        NamedFile.require(path, state.getType());
        // Of a symbolic link it was the link itself that was opened, and the flag says so already.
        return NamedFile.open(path, state.getFlags());
    }
}
