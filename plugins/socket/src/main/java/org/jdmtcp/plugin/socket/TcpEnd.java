package org.jdmtcp.plugin.socket;

import static org.jdmtcp.plugin.socket.TcpRepair.RECEIVE_QUEUE;
import static org.jdmtcp.plugin.socket.TcpRepair.SEND_QUEUE;
import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage;

/**
 * One end of a connection that is made in repair mode: it is connected without a packet, so that it does not matter who makes the
 * other end, and when. Closing this before {@link #finish} gives the socket up.
 */
final class TcpEnd implements AutoCloseable {
    private static final int SO_RCVBUF = 8;
    private static final int LARGE_BUFFER = 1 << 23;
    private static final int ANY_ADDRESS = 1;
    private static final int LARGEST_WINDOW = 0xffff;
    /** Not all of a buffer is data: the rest is the kernel's own. */
    private static final int PART = 2;

    private final TcpSocketState state;
    private final Fd socket;
    private final TcpRepair repair;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment all;
    private final int received;
    private boolean finished;

    private TcpEnd(final TcpSocketState state, final RestoreContext context, final Fd socket, final TcpRepair repair) {
        this.state = state;
        this.socket = socket;
        this.repair = repair;
        all = Bulk.load(state.getReceived(), context, arena);
        makeRoom();
        received = (int) Math.min(all.byteSize(), buffer() / PART);
    }

    private void makeRoom() {
        final int wanted = (int) Math.max(LARGE_BUFFER, all.byteSize());
        TcpRoom.grow(socket, (int) all.byteSize());
        if (buffer() < wanted * PART
                && SocketCalls.setOption(socket, SOL_SOCKET, SocketCalls.SO_RCVBUFFORCE, wanted) < 0
                && buffer() < all.byteSize()) {
            SocketCalls.setOption(socket, SOL_SOCKET, SO_RCVBUF, wanted);
        }
    }

    private int buffer() {
        return SocketCalls.intOption(socket, SOL_SOCKET, SO_RCVBUF);
    }

    /**
     * A socket in repair mode, with the name that it had.
     *
     * @throws LinuxException EPERM where this user may not repair sockets of that network, EADDRNOTAVAIL where the address is
     *     not of it
     */
    static TcpEnd open(
            final NetworkSpace space, final TcpBinder binder, final TcpSocketState state, final boolean apart) {
        final Fd socket = space.socket(state.getFamily(), SocketCalls.SOCK_STREAM);
        try {
            binder.early(socket, state.getOptionsList(), apart);
            if (apart) {
                SocketCalls.setOption(socket, InetOptions.IPPROTO_IP, InetOptions.IP_FREEBIND, ANY_ADDRESS);
                SocketCalls.setOption(socket, InetOptions.IPPROTO_IPV6, InetOptions.IPV6_FREEBIND, ANY_ADDRESS);
            }
            final TcpRepair repair = TcpRepair.begin(socket)
                    .orElseThrow(() -> new LinuxException("setsockopt(TCP_REPAIR)", Errno.EPERM));
            Linux.check(SocketCalls.bind(socket, TcpBinder.nameOf(state)), "bind");
            return new TcpEnd(state, binder.context(), socket, repair);
        } catch (final RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** What its buffer is too small for: the peer has to send it. */
    MemorySegment toBeSentByPeer() {
        return all.asSlice(received);
    }

    /**
     * Connects to where it was connected, and fills the receive queue.
     *
     * @param next sequence number of the next byte to be sent
     * @param received sequence number of the byte that will be received after those in the queue
     */
    void connect(final int next, final int receivedUpTo) {
        repair.setSequence(SEND_QUEUE, next);
        repair.setSequence(RECEIVE_QUEUE, receivedUpTo - received);
        Linux.check(SocketCalls.connect(socket, state.getPeerName().toByteArray()), "connect");
        repair.agree(state.getAgreement());
        try {
            repair.fill(all.asSlice(0, received));
        } catch (final LinuxException e) {
            throw new Refusal(
                    "the " + received + " bytes that " + state.getOwner()
                            + " had not received yet on a connection cannot be" + " put back: " + e.getMessage()
                            + "; raise net.ipv4.tcp_rmem, or restart as root",
                    e);
        }
    }

    TcpRepair repair() {
        return repair;
    }

    /** Bytes that the peer may send: as many as the program's own buffer has room for. */
    int window() {
        final int size = SocketOptions.number(state.getOptionsList(), SOL_SOCKET, SO_RCVBUF)
                .orElseGet(this::buffer);
        final int largest = LARGEST_WINDOW
                << (state.getAgreement().getScaling() ? state.getAgreement().getReceiveScale() : 0);
        return Math.min(largest, Math.max(0, size / PART - received));
    }

    /** Ends the repair mode. @return the socket, the caller's from now on */
    Fd finish() {
        repair.close();
        finished = true;
        return socket;
    }

    /** Sends as the program would. What the peer has no room for waits in the kernel. */
    static void send(final Fd socket, final MemorySegment data, final String owner) {
        if (SocketCalls.setOption(socket, SOL_SOCKET, SocketCalls.SO_SNDBUFFORCE, LARGE_BUFFER) < 0) {
            SocketCalls.setOption(socket, SOL_SOCKET, SocketCalls.SO_SNDBUF, LARGE_BUFFER);
        }
        long at = 0;
        while (at < data.byteSize()) {
            final long taken =
                    SocketCalls.send(socket, data.asSlice(at), SocketMessage.MSG_DONTWAIT | SocketMessage.MSG_NOSIGNAL);
            if (taken == -Errno.EAGAIN) {
                throw new Refusal("the kernel has no room for the " + data.byteSize() + " bytes that " + owner
                        + " had sent on a connection and that were not received yet; raise net.core.wmem_max, or"
                        + " restart as root");
            }
            at += Linux.check(taken, "send");
        }
    }

    @Override
    public void close() {
        arena.close();
        if (!finished) {
            // In repair mode no packet tells anybody.
            socket.close();
        }
    }
}
