package org.jdmtcp.plugin.shm;

import static org.jdmtcp.spi.linux.FileCalls.O_RDWR;
import static org.jdmtcp.spi.linux.FileCalls.O_TMPFILE;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.view.MappingView;

/**
 * A file that is mapped shared, whose name is gone and that nobody has open. It comes back without a name in the same
 * directory (O_TMPFILE), else in memory. An ordinary user reaches the parts of it that are mapped; what was only in the file
 * cannot be seen by anybody any more.
 */
final class NamelessFile implements MappingKind<NamelessFileState> {
    private static final int PERMISSIONS = 0600;

    @Override
    public String name() {
        return "nameless-file";
    }

    @Override
    public Parser<NamelessFileState> parser() {
        return NamelessFileState.parser();
    }

    @Override
    public Optional<NamelessFileState> inspect(final MappingView mapping) {
        final String path = mapping.path();
        // The kernel names the ring of an AIO context "/[aio]": no file that ever had a name, and more than its
        // contents.
        if (!mapping.isDeleted() || !path.startsWith("/") || path.startsWith("/SYSV") || path.startsWith("/[")) {
            return Optional.empty();
        }
        final long size = Sizes.of(mapping);
        return Optional.of(NamelessFileState.newBuilder()
                .setDirectory(ByteStrings.bytes(path.substring(0, Math.max(1, path.lastIndexOf('/')))))
                .setSize(size)
                .setContentsId(mapping.keepContents(size))
                .build());
    }

    @Override
    public Optional<Fd> restore(final NamelessFileState state, final RestoreContext context) {
        final Fd file = withoutName(ByteStrings.of(state.getDirectory()));
        Sizes.fill(file, state.getContentsId(), context);
        return Optional.of(file);
    }

    private static Fd withoutName(final String directory) {
        try {
            return FileCalls.open(directory, O_TMPFILE | O_RDWR, PERMISSIONS);
        } catch (final LinuxException e) {
            // The directory may be gone, read-only, or on a file system without O_TMPFILE: memory does.
            return FileCalls.memoryFile("unlinked");
        }
    }
}
