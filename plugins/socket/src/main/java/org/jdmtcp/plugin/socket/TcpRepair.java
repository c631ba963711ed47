package org.jdmtcp.plugin.socket;

import static org.jdmtcp.plugin.socket.InetOptions.IPPROTO_TCP;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage;

/**
 * A TCP socket in repair mode ({@code TCP_REPAIR}, {@code linux/tcp.h}): its queues and sequence numbers can be seen and set, and
 * it sends nothing by itself. Who administers the network namespace of a socket may do so. Closing this ends the mode; the
 * kernel has then forgotten SO_REUSEADDR, which is put back.
 */
final class TcpRepair implements AutoCloseable {
    private static final int TCP_REPAIR = 19;
    private static final int TCP_REPAIR_QUEUE = 20;
    private static final int TCP_QUEUE_SEQ = 21;
    private static final int TCP_REPAIR_OPTIONS = 22;
    private static final int TCP_REPAIR_WINDOW = 29;

    private static final int ON = 1;
    private static final int OFF_NO_WP = -1;
    static final int RECEIVE_QUEUE = 1;
    static final int SEND_QUEUE = 2;

    private static final int TCPOPT_MSS = 2;
    private static final int TCPOPT_WINDOW = 3;
    private static final int TCPOPT_SACK_PERMITTED = 4;
    private static final int TCPOPT_TIMESTAMP = 8;
    /** {@code struct tcp_repair_opt}: code at 0, value at 4. */
    private static final int REPAIR_OPT_SIZE = 8;
    /** {@code struct tcp_repair_window}: snd_wl1 at 0, snd_wnd at 4, max_window at 8, rcv_wnd at 12, rcv_wup at 16. */
    private static final int REPAIR_WINDOW_SIZE = 20;
    /** GSO_MAX_SIZE ({@code linux/netdevice.h}). */
    private static final int LARGEST_PACKET = 1 << 19;

    private final Fd socket;
    private final int reuse;
    private boolean open = true;

    private TcpRepair(final Fd socket, final int reuse) {
        this.socket = socket;
        this.reuse = reuse;
    }

    /** @return empty where this user may not */
    static Optional<TcpRepair> begin(final Fd socket) {
        final int reuse = SocketCalls.intOption(socket, SocketCalls.SOL_SOCKET, InetOptions.SO_REUSEADDR);
        final long result = SocketCalls.setOption(socket, IPPROTO_TCP, TCP_REPAIR, ON);
        if (result == -Errno.EPERM) {
            return Optional.empty();
        }
        Linux.check(result, "setsockopt(TCP_REPAIR)");
        return Optional.of(new TcpRepair(socket, reuse));
    }

    /** Sequence number of the end of a queue: of the next byte to be received, or to be written by the program. */
    int sequence(final int queue) {
        select(queue);
        return SocketCalls.intOption(socket, IPPROTO_TCP, TCP_QUEUE_SEQ);
    }

    /** Of a socket that is not connected yet. */
    void setSequence(final int queue, final int sequence) {
        select(queue);
        set(TCP_QUEUE_SEQ, sequence, "TCP_QUEUE_SEQ");
    }

    /**
     * What was sent and not acknowledged, and what was not sent yet; perhaps with some before it, since the kernel forgets whole
     * packets at a time.
     *
     * @param size bytes, from SIOCOUTQ
     */
    MemorySegment sent(final int size, final Arena arena) {
        select(SEND_QUEUE);
        return TcpQueue.peek(socket, size + LARGEST_PACKET, arena);
    }

    /** Appends to the receive queue. @throws LinuxException ENOMEM where there is no room */
    void fill(final MemorySegment data) {
        select(RECEIVE_QUEUE);
        long at = 0;
        while (at < data.byteSize()) {
            at += Linux.check(
                    SocketCalls.send(socket, data.asSlice(at), SocketMessage.MSG_DONTWAIT),
                    "send to a receive queue that has " + at + " bytes");
        }
    }

    /** Of a socket that was just connected in this mode. */
    void agree(final TcpSocketState.Agreement agreement) {
        final ByteBuffer options = ByteBuffer.allocate(4 * REPAIR_OPT_SIZE).order(ByteOrder.nativeOrder());
        options.putInt(TCPOPT_MSS).putInt(agreement.getMss());
        if (agreement.getScaling()) {
            options.putInt(TCPOPT_WINDOW).putInt(agreement.getSendScale() | agreement.getReceiveScale() << 16);
        }
        if (agreement.getSack()) {
            options.putInt(TCPOPT_SACK_PERMITTED).putInt(0);
        }
        if (agreement.getTimestamps()) {
            options.putInt(TCPOPT_TIMESTAMP).putInt(0);
        }
        final byte[] used = java.util.Arrays.copyOf(options.array(), options.position());
        Linux.check(
                SocketCalls.setOption(socket, IPPROTO_TCP, TCP_REPAIR_OPTIONS, used), "setsockopt(TCP_REPAIR_OPTIONS)");
    }

    /** Tells the socket how much it may send, and that the peer knows how much it may. */
    void setWindow(final int mayBeSent, final int mayBeReceived) {
        final int next = sequence(RECEIVE_QUEUE);
        final ByteBuffer window = ByteBuffer.allocate(REPAIR_WINDOW_SIZE).order(ByteOrder.nativeOrder());
        window.putInt(next - 1).putInt(mayBeSent).putInt(mayBeSent);
        window.putInt(mayBeReceived).putInt(next);
        Linux.check(
                SocketCalls.setOption(socket, IPPROTO_TCP, TCP_REPAIR_WINDOW, window.array()),
                "setsockopt(TCP_REPAIR_WINDOW)");
    }

    private void select(final int queue) {
        set(TCP_REPAIR_QUEUE, queue, "TCP_REPAIR_QUEUE");
    }

    private void set(final int option, final int value, final String name) {
        Linux.check(SocketCalls.setOption(socket, IPPROTO_TCP, option, value), "setsockopt(" + name + ")");
    }

    /** Ends the mode. */
    @Override
    public void close() {
        if (open) {
            open = false;
            SocketCalls.setOption(socket, IPPROTO_TCP, TCP_REPAIR_QUEUE, 0);
            SocketCalls.setOption(socket, IPPROTO_TCP, TCP_REPAIR, OFF_NO_WP);
            SocketCalls.setOption(socket, SocketCalls.SOL_SOCKET, InetOptions.SO_REUSEADDR, reuse);
        }
    }
}
