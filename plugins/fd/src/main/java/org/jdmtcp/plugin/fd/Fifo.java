package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_ACCMODE;
import static org.jdmtcp.spi.linux.FileCalls.O_NONBLOCK;
import static org.jdmtcp.spi.linux.FileCalls.O_RDONLY;
import static org.jdmtcp.spi.linux.FileCalls.O_WRONLY;

import com.google.protobuf.Parser;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * An open end of a named FIFO. It is restored by its name, which is made again where it is gone, so that programs outside
 * of the computation may have the other end: they meet again at the name. What waits in it is kept where the
 * computation has a read end; it goes back unless somebody has put data there in the meantime.
 *
 * <p>No open here waits for a partner: a read end of our own holds the FIFO while its ends are opened, all through
 * that one and without blocking. A reader that has never met a writer polls differently from one whose writers have left,
 * so the latter is opened while a writer of ours is there for a moment ({@code fs/pipe.c}, fifo_open).
 */
final class Fifo implements DescriptorKind<FifoState> {

    private final Set<FileId> captured = new HashSet<>();
    private final Map<FileId, Fd> restored = new HashMap<>();
    private final Scratch scratch;

    Fifo(final Scratch scratch) {
        this.scratch = scratch;
    }

    @Override
    public String name() {
        return "fifo";
    }

    @Override
    public Parser<FifoState> parser() {
        return FifoState.parser();
    }

    @Override
    public Optional<FifoState> inspect(final DescriptorView descriptor) {
        final FileStatus status = descriptor.status();
        if (status.type() != FileStatus.S_IFIFO || !BytePath.isPath(descriptor.target())) {
            return Optional.empty();
        }
        final boolean named = NamedFile.hasName(descriptor);
        if (!named && status.links() != 0) {
            NamedFile.refuseHidden(descriptor);
        }
        final FifoState.Builder state = FifoState.newBuilder()
                .setPath(BytePath.bytes(named ? descriptor.target() : BytePath.withoutMark(descriptor.target())))
                .setDevice(status.device())
                .setInode(status.inode())
                .setFlags(descriptor.flags())
                .setCapacity(PipeCalls.capacity(descriptor.open()))
                .setPermissions(status.permissions())
                .setUid(status.uid())
                .setGid(status.gid())
                .setUnlinked(!named)
                .setHungUp((PipeCalls.poll(descriptor.open(), 0) & PipeCalls.POLLHUP) != 0);
        if (Pipe.hasEnd(descriptor, true) && captured.add(new FileId(status.device(), status.inode()))) {
            state.setData(Pipe.contents(descriptor));
        }
        return Optional.of(state.build());
    }

    @Override
    public Fd restore(final FifoState state, final RestoreContext context) {
        final FileId id = new FileId(state.getDevice(), state.getInode());
        Fd shared = restored.get(id);
        if (shared == null) {
            shared = scratch.hold(find(state));
            restored.put(id, shared);
        }
        if (state.hasData()) {
            fill(shared, state, context);
        } else if (PipeCalls.available(shared) == 0) {
            PipeContents.setCapacity(shared, state.getCapacity(), context);
        }
        return StatusFlags.set(open(shared, state), state.getFlags());
    }

    private static void fill(final Fd shared, final FifoState state, final RestoreContext context) {
        if (PipeCalls.available(shared) == 0) {
            PipeContents.setCapacity(shared, state.getCapacity(), context);
            PipeContents.refill(shared, state.getData());
        } else if (state.getData().getPiecesCount() > 0) {
            context.warn("another program has put data into " + BytePath.of(state.getPath())
                    + ": what waited there at the checkpoint was not put back");
        }
    }

    private static Fd open(final Fd shared, final FifoState state) {
        final int flags = state.getFlags() & O_ACCMODE | O_NONBLOCK;
        if (!state.getHungUp()) {
            return StatusFlags.reopen(shared, flags);
        }
        try (Fd writer = StatusFlags.reopen(shared, O_WRONLY | O_NONBLOCK)) {
            return StatusFlags.reopen(shared, flags);
        }
    }

    /** A read end of the FIFO, which is made where its name is gone. */
    private static Fd find(final FifoState state) {
        final String path = BytePath.of(state.getPath());
        if (state.getUnlinked()) {
            return findUnlinked(path + ".jdmtcp-" + Long.toUnsignedString(state.getInode()), state);
        }
        final boolean gone = NamedFile.look(path).isEmpty();
        if (gone) {
            make(path, state);
        }
        NamedFile.require(path, FileStatus.S_IFIFO);
        final Fd fifo = NamedFile.open(path, O_RDONLY | O_NONBLOCK);
        if (gone) {
            own(fifo, state);
        }
        return fifo;
    }

    private static Fd findUnlinked(final String name, final FifoState state) {
        FileCalls.makeFifo(name, state.getPermissions());
        try {
            final Fd fifo = NamedFile.open(name, O_RDONLY | O_NONBLOCK);
            own(fifo, state);
            return fifo;
        } finally {
            FileCalls.unlink(name);
        }
    }

    private static void make(final String path, final FifoState state) {
        try {
            FileCalls.makeFifo(path, state.getPermissions());
        } catch (final LinuxException e) {
            throw new Refusal(
                    "the FIFO " + path + ", which the program had open, is gone and cannot be made again: "
                            + e.getMessage() + "; make its directory and restart again",
                    e);
        }
    }

    /** Not root: the new FIFO is the user's own. */
    private static void own(final Fd fifo, final FifoState state) {
        OwnershipCalls.setOwner(fifo, state.getUid(), state.getGid());
        OwnershipCalls.setPermissions(fifo, state.getPermissions());
    }
}
