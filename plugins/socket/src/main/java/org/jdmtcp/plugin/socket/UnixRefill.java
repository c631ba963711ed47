package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOCK_DGRAM;
import static org.jdmtcp.spi.linux.SocketCalls.SOCK_STREAM;
import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage;
import org.jdmtcp.spi.linux.SocketMessage.Credentials;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends again what was in the queues: from the same sockets, with the same descriptors, and where the receiver asks who sent it, by a
 * process of the same ids. Closing it closes the stand-ins for senders that are no more.
 */
final class UnixRefill implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.socket");

    private static final int LARGE_BUFFER = 1 << 26;
    private static final int PART = 1 << 18;
    private static final int FLAGS = SocketMessage.MSG_DONTWAIT | SocketMessage.MSG_NOSIGNAL;

    /**
     * A socket that something is sent from.
     *
     * @param connected to the receiver; else the receiver's name is needed
     */
    record Sender(Fd socket, boolean connected) {}

    private final UnixSockets made;
    private final RestoreContext context;
    private final Map<UnixName, Sender> standIns = new HashMap<>();

    UnixRefill(final UnixSockets made, final RestoreContext context) {
        this.made = made;
        this.context = context;
    }

    void fill(final UnixSocketState receiver) {
        LOG.debug("socket {}: {} packets are put back into its queue", receiver.getInode(), receiver.getQueueCount());
        for (final UnixSocketState.Packet packet : receiver.getQueueList()) {
            final Sender sender = sender(receiver, packet);
            // The program's own size is set at the end.
            if (SocketCalls.setOption(sender.socket, SOL_SOCKET, SocketCalls.SO_SNDBUFFORCE, LARGE_BUFFER) < 0) {
                SocketCalls.setOption(sender.socket, SOL_SOCKET, SocketCalls.SO_SNDBUF, LARGE_BUFFER);
            }
            send(receiver, packet, sender);
        }
    }

    private Sender sender(final UnixSocketState receiver, final UnixSocketState.Packet packet) {
        return made.sender(receiver)
                .orElseGet(() -> standIns.computeIfAbsent(UnixName.of(packet.getFrom()), this::find));
    }

    private Sender find(final UnixName name) {
        if (!name.isNone()) {
            for (final UnixSocketState state : made.states()) {
                if (state.getType() == SOCK_DGRAM
                        && UnixName.of(state.getName()).equals(name)) {
                    return new Sender(made.socket(state.getInode()).duplicate(), false);
                }
            }
        }
        final Fd socket = SocketCalls.socket(SocketCalls.AF_UNIX, SOCK_DGRAM, 0);
        if (!name.isNone() && !bind(socket, name)) {
            context.warn("a datagram that waits to be received came from " + name
                    + ", which is no more: it tells no sender");
        }
        return new Sender(socket, false);
    }

    private static boolean bind(final Fd socket, final UnixName name) {
        if (name.isRelative() || SocketCalls.bind(socket, name.address()) < 0) {
            return false;
        }
        if (name.isPath()) {
            FileCalls.unlink(name.path());
        }
        return true;
    }

    private void send(final UnixSocketState receiver, final UnixSocketState.Packet packet, final Sender sender) {
        final Ids ids = packet.hasSender() && packet.getSender().getPid() > 0
                ? packet.getSender()
                : Ids.newBuilder()
                        .setUid(ProcessCalls.effectiveUid())
                        .setGid(ProcessCalls.effectiveGid())
                        .build();
        final Maker maker = context.maker(ids.getPid(), ids.getUid(), ids.getGid());
        final List<Integer> numbers = new ArrayList<>();
        packet.getFilesList().forEach(id -> numbers.add(maker.give(context.openFile(id))));
        final int socket = maker.give(sender.socket);
        final byte[] data = packet.getData().toByteArray();
        final byte[] to = sender.connected ? new byte[0] : receiver.getName().toByteArray();
        final boolean stream = receiver.getType() == SOCK_STREAM;
        int done = 0;
        do {
            final int size = stream ? Math.min(PART, data.length - done) : data.length;
            // Descriptors go with the first bytes.
            final byte[] control = SocketMessage.control(done == 0 ? numbers : List.of(), credentials(ids, maker));
            done += send(maker, socket, ByteBuffer.wrap(data, done, size), to, control, receiver);
        } while (done < data.length);
        final RemoteBatch close = maker.batch();
        numbers.forEach(number -> close.must(SystemCall.CLOSE, number));
        close.must(SystemCall.CLOSE, socket);
        close.run();
    }

    // A process may name no one but itself.
    private static Optional<Credentials> credentials(final Ids ids, final Maker maker) {
        if (ids.getPid() <= 0) {
            return Optional.empty();
        }
        final RemoteBatch batch = maker.batch();
        final int[] calls = {
            batch.must(SystemCall.GETPID), batch.must(SystemCall.GETEUID), batch.must(SystemCall.GETEGID)
        };
        batch.run();
        return Optional.of(new Credentials(
                (int) batch.result(calls[0]), (int) batch.result(calls[1]), (int) batch.result(calls[2])));
    }

    private static int send(
            final Maker maker,
            final int socket,
            final ByteBuffer data,
            final byte[] to,
            final byte[] control,
            final UnixSocketState receiver) {
        final RemoteBatch batch = maker.batch();
        final byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        final byte[] iovec = ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putLong(batch.put(bytes))
                .putLong(bytes.length)
                .array();
        final byte[] header =
                SocketMessage.header(batch.put(to), to.length, batch.put(iovec), batch.put(control), control.length);
        final int call = batch.add(SystemCall.SENDMSG, socket, batch.put(header), FLAGS);
        final long result = batch.run().result(call);
        if (Errno.isError(result)) {
            throw new Refusal("what waits to be received by the UNIX socket of process "
                    + receiver.getOwner().getPid() + " (" + UnixName.of(receiver.getName())
                    + ") cannot be sent to it again: " + Errno.message((int) -result)
                    + (result == -Errno.EAGAIN
                            ? "; net.core.wmem_max or net.unix.max_dgram_qlen may be lower than where it was"
                                    + " checkpointed: raise them"
                            : ""));
        }
        return (int) result;
    }

    /** Sends one byte. @return the raw result */
    static long sendByte(final Fd socket) {
        try (Arena arena = Arena.ofConfined()) {
            return Linux.raw(
                    SystemCall.SENDTO, socket.number(), arena.allocate(1).address(), 1, FLAGS, 0, 0);
        }
    }

    @Override
    public void close() {
        standIns.values().forEach(sender -> sender.socket.close());
    }
}
