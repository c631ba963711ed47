package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** What of a TCP socket cannot be brought back. */
final class TcpRefusals {
    private static final int POLLPRI = 2;
    private static final int SO_GET_FILTER = 26;
    private static final int TCP_ULP = 31;
    private static final int NAME_SIZE = 16;

    private TcpRefusals() {}

    /** @throws Refusal naming the socket and the reason */
    static void check(final DescriptorView descriptor, final TcpInfo info) {
        final Fd socket = descriptor.open();
        refuse(
                descriptor,
                info.state() == TcpInfo.TCP_SYN_RECV,
                "is a connection that is being made from both sides at once, or with data in its request (TCP Fast"
                        + " Open); try again in a moment");
        refuse(
                descriptor,
                SocketCalls.option(socket, InetOptions.IPPROTO_TCP, TCP_ULP, NAME_SIZE)
                        .filter(value -> value.length > 0)
                        .isPresent(),
                "has a protocol on top of TCP in the kernel (TCP_ULP, such as TLS), which cannot be restored;"
                        + " checkpoint when the program has closed it");
        refuse(
                descriptor,
                hasFilter(socket),
                "has a packet filter, which cannot be restored; checkpoint when the program has detached it");
        final boolean connected = info.state() != TcpInfo.TCP_CLOSE && info.state() != TcpInfo.TCP_LISTEN;
        final int events = connected ? PipeCalls.poll(socket, POLLPRI) : 0;
        refuse(
                descriptor,
                (events & POLLPRI) != 0,
                "holds an out-of-band byte, which cannot be restored; checkpoint when the program has read it");
        refuse(
                descriptor,
                (events & PipeCalls.POLLERR) != 0 && info.state() != TcpInfo.TCP_SYN_SENT,
                "has a message in its error queue, which cannot be restored; checkpoint when the program has read it");
    }

    // Asked with no room, the kernel tells how large the filter is; one that it will not show is an error.
    static boolean hasFilter(final Fd socket) {
        return SocketCalls.option(socket, SOL_SOCKET, SO_GET_FILTER, 0)
                .map(value -> value.length > 0)
                .orElse(true);
    }

    private static void refuse(final DescriptorView descriptor, final boolean refused, final String why) {
        if (refused) {
            throw new Refusal(descriptor.describe() + " " + why);
        }
    }
}
