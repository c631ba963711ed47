package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_ACCMODE;
import static org.jdmtcp.spi.linux.FileCalls.O_NONBLOCK;
import static org.jdmtcp.spi.linux.FileCalls.O_RDONLY;
import static org.jdmtcp.spi.linux.FileCalls.O_RDWR;
import static org.jdmtcp.spi.linux.FileCalls.O_WRONLY;

import com.google.protobuf.Parser;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An anonymous pipe. Each end is an open file of its own; what waits in the pipe goes with one of them. An end that
 * was closed everywhere stays closed: the program finds end of file or EPIPE as before. A pipe whose other end is held
 * only outside of the computation is refused; one that outsiders share although both ends are inside is the
 * computation's own after a restart.
 */
final class Pipe implements DescriptorKind<PipeState> {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.fd");

    static final String TARGET = "pipe:[";

    /** At a checkpoint: pipes whose contents some end carries already. */
    private final Set<Long> captured = new HashSet<>();
    /** At a restart: pipes that exist already, until all of their ends are handed out. */
    private final Map<Long, Ends> restored = new HashMap<>();

    private final Scratch scratch;

    Pipe(final Scratch scratch) {
        this.scratch = scratch;
    }

    /** A new pipe; each of its two open files is handed out once, further ones are opened through it. */
    private static final class Ends {
        final Fd read;
        final Fd write;
        boolean readGiven;
        boolean writeGiven;

        Ends(final Fd read, final Fd write) {
            this.read = read;
            this.write = write;
        }

        Fd give(final int accessMode) {
            if (accessMode == O_RDONLY && !readGiven) {
                readGiven = true;
                return read.duplicate();
            }
            if (accessMode == O_WRONLY && !writeGiven) {
                writeGiven = true;
                return write.duplicate();
            }
            return StatusFlags.reopen(read, accessMode | O_NONBLOCK);
        }
    }

    @Override
    public String name() {
        return "pipe";
    }

    @Override
    public Parser<PipeState> parser() {
        return PipeState.parser();
    }

    @Override
    public Optional<PipeState> inspect(final DescriptorView descriptor) {
        final FileStatus status = descriptor.status();
        if (status.type() != FileStatus.S_IFIFO || !descriptor.target().startsWith(TARGET)) {
            return Optional.empty();
        }
        final boolean reader = hasEnd(descriptor, true);
        refuseOutsiders(descriptor, reader, hasEnd(descriptor, false));
        final PipeState.Builder state = PipeState.newBuilder()
                .setInode(status.inode())
                .setFlags(descriptor.flags())
                .setCapacity(PipeCalls.capacity(descriptor.open()));
        // What nobody can read any more needs no keeping.
        if (reader && captured.add(status.inode())) {
            state.setData(contents(descriptor));
        }
        return Optional.of(state.build());
    }

    /** Whether the computation has an open file of the pipe that can read, or write. */
    static boolean hasEnd(final DescriptorView descriptor, final boolean reading) {
        return ends(descriptor)
                .anyMatch(end -> reading ? StatusFlags.reads(end.flags()) : StatusFlags.writes(end.flags()));
    }

    private static Stream<DescriptorView> ends(final DescriptorView descriptor) {
        return Stream.concat(Stream.of(descriptor), descriptor.others().stream())
                .filter(end -> (end.flags() & FileCalls.O_PATH) == 0);
    }

    /** What waits in the pipe or FIFO, through whichever of its read ends the computation has. */
    static PipeData contents(final DescriptorView descriptor) {
        final DescriptorView reader = ends(descriptor)
                .filter(end -> StatusFlags.reads(end.flags()))
                .findFirst()
                .orElseThrow();
        return PipeContents.capture(reader.open(), descriptor.describe());
    }

    private static void refuseOutsiders(final DescriptorView descriptor, final boolean reader, final boolean writer) {
        final boolean writerOutside = !writer && (PipeCalls.poll(descriptor.open(), 0) & PipeCalls.POLLHUP) == 0;
        final boolean readerOutside = !reader && (PipeCalls.poll(descriptor.open(), 0) & PipeCalls.POLLERR) == 0;
        if (writerOutside || readerOutside) {
            throw new Refusal(descriptor.describe() + " is a pipe whose " + (writerOutside ? "write" : "read")
                    + " end is outside of the computation, in "
                    + String.join(", ", descriptor.outsiders())
                    + "; launch that program in the same computation, or checkpoint when the pipe is closed");
        }
    }

    @Override
    public Fd restore(final PipeState state, final RestoreContext context) {
        final Ends ends = restored.computeIfAbsent(state.getInode(), _ -> make());
        if (state.hasData()) {
            // The size first: what was in a large pipe does not fit into one of the usual size.
            PipeContents.setCapacity(ends.read, state.getCapacity(), context);
            PipeContents.refill(ends.read, state.getData());
            LOG.debug(
                    "pipe:[{}] has {} bytes again, capacity {}",
                    state.getInode(),
                    PipeCalls.available(ends.read),
                    state.getCapacity());
        } else if (PipeCalls.available(ends.read) == 0) {
            PipeContents.setCapacity(ends.read, state.getCapacity(), context);
        }
        final int accessMode = state.getFlags() & O_ACCMODE;
        return StatusFlags.set(ends.give(accessMode == O_ACCMODE ? O_RDWR : accessMode), state.getFlags());
    }

    private Ends make() {
        final Fd[] ends = FileCalls.pipe(O_NONBLOCK);
        return new Ends(scratch.hold(ends[0]), scratch.hold(ends[1]));
    }
}
