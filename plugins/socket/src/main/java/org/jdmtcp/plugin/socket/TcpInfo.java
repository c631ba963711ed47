package org.jdmtcp.plugin.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SocketCalls;

/** {@code struct tcp_info} ({@code linux/tcp.h}), as far as it is needed. A short one has zeros for what is missing. */
final class TcpInfo {
    /** {@code net/tcp_states.h}. */
    static final int TCP_ESTABLISHED = 1;

    static final int TCP_SYN_SENT = 2;
    static final int TCP_SYN_RECV = 3;
    static final int TCP_FIN_WAIT1 = 4;
    static final int TCP_FIN_WAIT2 = 5;
    static final int TCP_CLOSE = 7;
    static final int TCP_CLOSE_WAIT = 8;
    static final int TCP_LAST_ACK = 9;
    static final int TCP_LISTEN = 10;
    static final int TCP_CLOSING = 11;

    private static final int TCP_INFO = 11;
    private static final int SIZE = 240;
    private static final int OPTIONS = 5;
    private static final int SCALES = 6;
    private static final int SND_MSS = 16;
    private static final int UNACKED = 24;
    private static final int SACKED = 28;
    private static final int LAST_DATA_SENT = 44;
    private static final int ADVMSS = 84;
    private static final int BYTES_RECEIVED = 128;
    private static final int NOTSENT_BYTES = 144;
    private static final int DELIVERED = 192;
    private static final int BYTES_SENT = 200;
    private static final int BYTES_RETRANS = 208;
    private static final int TCPI_OPT_TIMESTAMPS = 1;
    private static final int TCPI_OPT_SACK = 2;
    private static final int TCPI_OPT_WSCALE = 4;
    private static final int TIMESTAMP_SIZE = 12;

    private final ByteBuffer bytes;

    private TcpInfo(final byte[] value) {
        bytes = ByteBuffer.wrap(Arrays.copyOf(value, SIZE)).order(ByteOrder.nativeOrder());
    }

    static TcpInfo of(final Fd socket) {
        return new TcpInfo(SocketCalls.option(socket, InetOptions.IPPROTO_TCP, TCP_INFO, SIZE)
                .orElseThrow());
    }

    /** Of bytes that the kernel told elsewhere. */
    static TcpInfo of(final byte[] value) {
        return new TcpInfo(value);
    }

    int state() {
        return bytes.get(0);
    }

    /** Of a listening socket: connections that wait to be accepted. */
    int waiting() {
        return bytes.getInt(UNACKED);
    }

    /** Of a listening socket: how many may wait. */
    int backlog() {
        return bytes.getInt(SACKED);
    }

    /** Of a connection that nothing was sent on: milliseconds since it was made. As fine as the kernel's clock ticks. */
    int age() {
        return bytes.getInt(LAST_DATA_SENT);
    }

    /**
     * Whether all that this end was given to send is with the peer, acknowledged or not. Both ends count, but a restart puts bytes into
     * queues that were never sent: then this does not know, and says no.
     */
    boolean isAllWith(final TcpInfo peer) {
        final long sent = bytes.getLong(BYTES_SENT) - bytes.getLong(BYTES_RETRANS);
        final long end = new TcpState(peer.state()).peerSendsNoMore() ? 1 : 0;
        return sent > 0 && bytes.getInt(NOTSENT_BYTES) == 0 && peer.bytes.getLong(BYTES_RECEIVED) - end == sent;
    }

    /** Whether the peer has ever acknowledged anything, the request to connect among that. */
    boolean wasConnected() {
        return bytes.getInt(DELIVERED) > 0;
    }

    /** What this side told the peer of the segments that it takes. */
    int advertisedMss() {
        return bytes.getInt(ADVMSS);
    }

    TcpSocketState.Agreement agreement() {
        final int options = bytes.get(OPTIONS);
        final boolean timestamps = (options & TCPI_OPT_TIMESTAMPS) != 0;
        return TcpSocketState.Agreement.newBuilder()
                .setMss(bytes.getInt(SND_MSS) + (timestamps ? TIMESTAMP_SIZE : 0))
                .setSack((options & TCPI_OPT_SACK) != 0)
                .setTimestamps(timestamps)
                .setScaling((options & TCPI_OPT_WSCALE) != 0)
                .setSendScale(bytes.get(SCALES) & 0xf)
                .setReceiveScale(bytes.get(SCALES) >> 4 & 0xf)
                .build();
    }
}
