package org.jdmtcp.plugin.socket;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SocketCalls;

/**
 * What the kernel tells of a TCP socket that nobody may have a descriptor of ({@code sock_diag(7)}, {@code linux/inet_diag.h}).
 *
 * @param state {@code TCP_} constant
 * @param inode 0 where no descriptor refers to it: not accepted yet, or closed
 * @param queued bytes that can be received, an end of the stream counted as one
 * @param unacknowledged bytes that its peer has not acknowledged
 * @param info {@code struct tcp_info}
 * @param id {@code struct inet_diag_sockid}, by which the kernel finds the socket again
 */
record InetDiagnosis(
        int state,
        Endpoint local,
        Endpoint remote,
        long inode,
        long queued,
        long unacknowledged,
        TcpInfo info,
        ByteString id,
        int family) {
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final short SOCK_DESTROY = 21;
    private static final short NLMSG_ERROR = 2;
    private static final short NLMSG_DONE = 3;
    private static final short NLM_F_REQUEST_DUMP = 0x301;
    private static final short NLM_F_REQUEST_ACK = 5;
    private static final int NLMSGHDR_SIZE = 16;
    /** {@code struct inet_diag_req_v2}: family at 0, protocol at 1, ext at 2, states at 4. */
    private static final int REQUEST_SIZE = 56;
    /** {@code struct inet_diag_msg}: family 0, state 1, sport 4, dport 6, src 8, dst 24, rqueue 56, inode 68. */
    private static final int MESSAGE_SIZE = 72;

    private static final int ID = 4;
    /** {@code struct inet_diag_sockid}; in a request it is at 8. */
    private static final int ID_SIZE = 48;

    private static final int REQUEST_ID = 8;
    private static final int SOURCE = 8;
    private static final int DESTINATION = 24;
    private static final int RQUEUE = 56;
    private static final int WQUEUE = 60;
    private static final int INODE = 68;
    private static final int INET_DIAG_INFO = 2;
    private static final int IPV4_SIZE = 4;
    private static final int IPV6_SIZE = 16;

    /** All TCP sockets of this process's network namespace in some states. @param states bit for each {@code TCP_} constant */
    static List<InetDiagnosis> all(final int states) {
        final List<InetDiagnosis> all = new ArrayList<>();
        try (Netlink netlink = Netlink.open(NETLINK_SOCK_DIAG)) {
            for (final int family : new int[] {SocketCalls.AF_INET, SocketCalls.AF_INET6}) {
                request(netlink, family, states);
                boolean more = true;
                while (more) {
                    more = read(netlink.receive(), all);
                }
            }
        }
        return all;
    }

    private static void request(final Netlink netlink, final int family, final int states) {
        final ByteBuffer request = netlink.request(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, REQUEST_SIZE);
        request.put(0, (byte) family).put(1, (byte) InetOptions.IPPROTO_TCP);
        request.put(2, (byte) (1 << (INET_DIAG_INFO - 1))).putInt(4, states);
        netlink.send();
    }

    /** Has the kernel forget a socket that nobody has a descriptor of. @return 0 or minus errno */
    int destroy() {
        try (Netlink netlink = Netlink.open(NETLINK_SOCK_DIAG)) {
            final ByteBuffer request = netlink.request(SOCK_DESTROY, NLM_F_REQUEST_ACK, REQUEST_SIZE);
            request.put(0, (byte) family).put(1, (byte) InetOptions.IPPROTO_TCP).putInt(4, -1);
            request.put(REQUEST_ID, id.toByteArray());
            netlink.send();
            return netlink.receive().getInt(NLMSGHDR_SIZE);
        }
    }

    /** @return whether more will come */
    static boolean read(final ByteBuffer reply, final List<InetDiagnosis> into) {
        int at = 0;
        while (at + NLMSGHDR_SIZE <= reply.limit()) {
            final int length = reply.getInt(at);
            switch (reply.getShort(at + 4)) {
                case NLMSG_DONE -> {
                    return false;
                }
                case NLMSG_ERROR ->
                    throw new LinuxException("sock_diag of TCP sockets", -reply.getInt(at + NLMSGHDR_SIZE));
                default -> into.add(message(slice(reply, at + NLMSGHDR_SIZE, length - NLMSGHDR_SIZE)));
            }
            at += (length + 3) / 4 * 4;
        }
        return true;
    }

    private static InetDiagnosis message(final ByteBuffer message) {
        TcpInfo info = TcpInfo.of(new byte[0]);
        for (int at = MESSAGE_SIZE; at + 4 <= message.limit(); ) {
            final int length = Short.toUnsignedInt(message.getShort(at));
            if (message.getShort(at + 2) == INET_DIAG_INFO) {
                info = TcpInfo.of(bytes(message, at + 4, length - 4));
            }
            at += (length + 3) / 4 * 4;
        }
        final int size = message.get(0) == SocketCalls.AF_INET6 ? IPV6_SIZE : IPV4_SIZE;
        return new InetDiagnosis(
                message.get(1),
                Endpoint.of(bytes(message, SOURCE, size), port(message, 4)),
                Endpoint.of(bytes(message, DESTINATION, size), port(message, 6)),
                Integer.toUnsignedLong(message.getInt(INODE)),
                Integer.toUnsignedLong(message.getInt(RQUEUE)),
                Integer.toUnsignedLong(message.getInt(WQUEUE)),
                info,
                ByteString.copyFrom(bytes(message, ID, ID_SIZE)),
                message.get(0));
    }

    private static int port(final ByteBuffer message, final int at) {
        return (message.get(at) & 0xff) << 8 | message.get(at + 1) & 0xff;
    }

    private static ByteBuffer slice(final ByteBuffer from, final int at, final int size) {
        return from.slice(at, size).order(ByteOrder.nativeOrder());
    }

    private static byte[] bytes(final ByteBuffer from, final int at, final int size) {
        final byte[] bytes = new byte[size];
        from.get(at, bytes);
        return bytes;
    }
}
