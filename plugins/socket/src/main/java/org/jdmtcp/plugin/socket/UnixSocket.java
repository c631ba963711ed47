package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage.Credentials;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.ProcessView;
import org.jspecify.annotations.Nullable;

/**
 * A UNIX socket: stream, datagram or seqpacket; paired, connected, listening, or none of these. What was sent lies in the
 * queue of the receiving socket, so that every socket carries what it would receive next.
 *
 * <p>A peer outside of the computation cannot be brought back. A datagram socket is connected to its peer's name anew (as that of
 * a system log); any other comes back as if the peer had closed it, which is what happened, and the user is told.
 */
final class UnixSocket implements DescriptorKind<UnixSocketState> {
    static final String TARGET = "socket:[";

    private static final int POLLPRI = 2;
    private static final int SIOCOUTQ = 0x5411;
    private static final int SO_GET_FILTER = 26;

    /** Of a restart. */
    private @Nullable UnixRestore restored;

    @Override
    public String name() {
        return "unix";
    }

    @Override
    public Parser<UnixSocketState> parser() {
        return UnixSocketState.parser();
    }

    @Override
    public Optional<UnixSocketState> inspect(final DescriptorView descriptor) {
        if (descriptor.status().type() != FileStatus.S_IFSOCK
                || !descriptor.target().startsWith(TARGET)) {
            return Optional.empty();
        }
        final Fd socket = descriptor.open();
        if (SocketCalls.intOption(socket, SOL_SOCKET, SocketCalls.SO_DOMAIN) != SocketCalls.AF_UNIX) {
            return Optional.empty();
        }
        final long inode = descriptor.status().inode();
        final UnixDiagnosis diagnosis = UnixDiagnosis.of(inode)
                .orElseThrow(() -> new Refusal(descriptor.describe() + " is a UNIX socket of another network namespace,"
                        + " which cannot be restored; checkpoint when the program has closed it"));
        final int type = SocketCalls.intOption(socket, SOL_SOCKET, SocketCalls.SO_TYPE);
        final UnixSocketState.State state = state(diagnosis, type);
        final boolean reset = (PipeCalls.poll(socket, 0) & PipeCalls.POLLERR) != 0;
        refuse(descriptor, state, diagnosis);
        refuse(descriptor, reset && diagnosis.queued() > 0 && type != SocketCalls.SOCK_STREAM);
        final UnixName name = UnixName.of(SocketCalls.name(socket));
        final UnixSocketState.Builder message = UnixSocketState.newBuilder()
                .setInode(inode)
                .setType(type)
                .setFlags(descriptor.flags())
                .setState(state)
                .setName(name.bytes())
                .setBacklog(diagnosis.backlog())
                .setPeer(diagnosis.peer().orElse(0))
                .setShutdown(diagnosis.shutdown())
                .setReset(reset)
                .setPeerIds(peerIds(socket, descriptor))
                .setOwner(owner(descriptor.process()))
                .addAllOptions(SocketOptions.capture(socket))
                .addAllWaiting(diagnosis.waiting());
        SocketCalls.peerName(socket)
                .ifPresent(peer -> message.setPeerName(UnixName.of(peer).bytes()));
        if (name.isPath()) {
            message.setPath(path(name, descriptor, diagnosis));
        }
        if (hasQueue(message, diagnosis)) {
            message.addAllQueue(new UnixQueue(descriptor, type, diagnosis).packets());
        }
        return Optional.of(message.build());
    }

    /** Whether looking into the queue is possible, and takes no error away that waits for the program. */
    private static boolean hasQueue(final UnixSocketState.Builder message, final UnixDiagnosis diagnosis) {
        return switch (message.getState()) {
            case CONNECTED, WAITING -> !message.getReset() || diagnosis.queued() > 0;
            case UNCONNECTED -> message.getType() == SocketCalls.SOCK_DGRAM && !message.getReset();
            case LISTENING, UNRECOGNIZED -> false;
        };
    }

    private static UnixSocketState.State state(final UnixDiagnosis diagnosis, final int type) {
        if (diagnosis.listening()) {
            return UnixSocketState.State.LISTENING;
        }
        if (diagnosis.peer().isEmpty()) {
            return UnixSocketState.State.UNCONNECTED;
        }
        // A peer that closes takes both directions with it; without that, one without an inode waits to be accepted.
        final boolean waiting =
                diagnosis.peer().getAsLong() == 0 && type != SocketCalls.SOCK_DGRAM && diagnosis.shutdown() != 3;
        return waiting ? UnixSocketState.State.WAITING : UnixSocketState.State.CONNECTED;
    }

    private static void refuse(
            final DescriptorView descriptor, final UnixSocketState.State state, final UnixDiagnosis diagnosis) {
        final Fd socket = descriptor.open();
        if (state != UnixSocketState.State.LISTENING && (PipeCalls.poll(socket, POLLPRI) & POLLPRI) != 0) {
            throw new Refusal(descriptor.describe()
                    + " holds an out-of-band byte, which cannot be restored; checkpoint when the program has read it");
        }
        if (SocketCalls.option(socket, SOL_SOCKET, SO_GET_FILTER, 0)
                        .map(v -> v.length)
                        .orElse(1)
                != 0) {
            throw new Refusal(descriptor.describe()
                    + " has a packet filter, which cannot be restored; checkpoint when the program has detached it");
        }
        if (diagnosis.waiting().contains(0L) || state == UnixSocketState.State.WAITING && unreceived(socket) > 0) {
            throw new Refusal(descriptor.describe() + " has to do with a connection that was not accepted yet although"
                    + " data were sent on it, and those can be seen by nobody before; try again in a moment");
        }
    }

    private static void refuse(final DescriptorView descriptor, final boolean errorBeforePackets) {
        if (errorBeforePackets) {
            throw new Refusal(
                    descriptor.describe() + " has an error to report and packets behind it, which cannot be seen"
                            + " without taking the error away; try again when the program has used the socket");
        }
    }

    /** What of the data sent no receiver has taken, as memory of the kernel. */
    private static int unreceived(final Fd socket) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment count = arena.allocate(Integer.BYTES, Integer.BYTES);
            Linux.check(FileCalls.ioctl(socket.number(), SIOCOUTQ, count.address()), "ioctl(SIOCOUTQ)");
            return count.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static Ids peerIds(final Fd socket, final DescriptorView descriptor) {
        return SocketCalls.option(socket, SOL_SOCKET, SocketCalls.SO_PEERCRED, Credentials.SIZE)
                .map(value -> OwnIds.of(Credentials.of(value), descriptor, () -> OwnIds.peer(descriptor)))
                .orElseGet(Ids::getDefaultInstance);
    }

    private static Ids owner(final ProcessView process) {
        final Ids.Builder ids = Ids.newBuilder().setPid(process.ownPid());
        FileCalls.status("/proc/" + process.pid())
                .ifPresent(status -> ids.setUid(status.uid()).setGid(status.gid()));
        return ids.build();
    }

    private static UnixSocketState.Path path(
            final UnixName name, final DescriptorView descriptor, final UnixDiagnosis diagnosis) {
        final String directory = FileCalls.readLink(
                        "/proc/" + descriptor.process().pid() + "/cwd")
                .orElse("/");
        final UnixSocketState.Path.Builder path = UnixSocketState.Path.newBuilder()
                .setDirectory(ByteString.copyFrom(directory, StandardCharsets.ISO_8859_1));
        FileCalls.linkStatus(name.path(directory))
                .filter(status -> status.type() == FileStatus.S_IFSOCK
                        && diagnosis.file().orElse(-1) == (status.inode() & 0xffff_ffffL))
                .ifPresent(status -> path.setExists(true)
                        .setPermissions(status.permissions())
                        .setUid(status.uid())
                        .setGid(status.gid()));
        return path.build();
    }

    @Override
    public void prepare(final List<UnixSocketState> all, final RestoreContext context) {
        restored = new UnixRestore(all, context);
    }

    @Override
    public Fd restore(final UnixSocketState state, final RestoreContext context) {
        return java.util.Objects.requireNonNull(restored)
                .socket(state.getInode())
                .duplicate();
    }

    @Override
    public void complete(final RestoreContext context) {
        java.util.Objects.requireNonNull(restored).complete();
    }
}
