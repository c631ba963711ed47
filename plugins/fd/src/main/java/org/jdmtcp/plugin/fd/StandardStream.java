package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_ACCMODE;
import static org.jdmtcp.spi.linux.FileCalls.O_APPEND;
import static org.jdmtcp.spi.linux.FileCalls.O_NOCTTY;
import static org.jdmtcp.spi.linux.FileCalls.O_NONBLOCK;

import com.google.protobuf.Parser;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * A standard stream that the program got from {@code dmtcp_launch}, or its terminal opened once more by path. After a
 * restart it is {@code dmtcp_restart}'s stream, whatever that is.
 *
 * <p>Where the program had other status flags than the new stream has (an event loop's O_NONBLOCK terminal), a terminal,
 * device or pipe is opened anew with those flags, so that the shell that shares the stream does not feel them.
 */
final class StandardStream implements DescriptorKind<StandardStreamState> {
    private static final int KEPT = O_APPEND | O_NONBLOCK;

    @Override
    public String name() {
        return "standard-stream";
    }

    @Override
    public Parser<StandardStreamState> parser() {
        return StandardStreamState.parser();
    }

    @Override
    public Optional<StandardStreamState> inspect(final DescriptorView descriptor) {
        final OptionalInt number = number(descriptor);
        if (number.isEmpty() || (descriptor.flags() & FileCalls.O_PATH) != 0) {
            return Optional.empty();
        }
        return Optional.of(StandardStreamState.newBuilder()
                .setNumber(number.getAsInt())
                .setFlags(descriptor.flags())
                .build());
    }

    /** A pipe from outside that was opened again through {@code /dev/stdin} and the like is the stream, too. */
    private static OptionalInt number(final DescriptorView descriptor) {
        if (descriptor.standardStream().isPresent() || !descriptor.target().startsWith(Pipe.TARGET)) {
            return descriptor.standardStream();
        }
        final int mode = descriptor.flags() & O_ACCMODE;
        return descriptor.others().stream()
                .filter(other -> (other.flags() & O_ACCMODE) == mode)
                .map(DescriptorView::standardStream)
                .filter(OptionalInt::isPresent)
                .findFirst()
                .orElse(OptionalInt.empty());
    }

    @Override
    public Fd restore(final StandardStreamState state, final RestoreContext context) {
        final Fd stream = context.standardStream(state.getNumber());
        final int now = StatusFlags.of(stream);
        final int type = FileCalls.status(stream).type();
        final boolean device = type == FileStatus.S_IFCHR;
        final int accessMode = (device ? state.getFlags() : now) & O_ACCMODE;
        final int wanted = state.getFlags() & KEPT | accessMode;
        if (wanted == (now & (KEPT | O_ACCMODE)) || !device && type != FileStatus.S_IFIFO) {
            return stream;
        }
        try {
            final Fd own = StatusFlags.reopen(stream, wanted | O_NOCTTY);
            stream.close();
            return own;
        } catch (final LinuxException e) {
            // A terminal that belongs to another user (after su) can be used but not opened: the stream as it is does.
            return stream;
        }
    }
}
