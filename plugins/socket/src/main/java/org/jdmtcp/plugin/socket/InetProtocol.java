package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** Tells IP sockets by their protocol. */
final class InetProtocol {
    private static final int SO_PROTOCOL = 38;

    private InetProtocol() {}

    /** @param protocol {@code IPPROTO_} constant */
    static boolean isOf(final DescriptorView descriptor, final int protocol) {
        if (descriptor.status().type() != FileStatus.S_IFSOCK
                || !descriptor.target().startsWith(UnixSocket.TARGET)) {
            return false;
        }
        final int family = SocketCalls.intOption(descriptor.open(), SOL_SOCKET, SocketCalls.SO_DOMAIN);
        return (family == SocketCalls.AF_INET || family == SocketCalls.AF_INET6)
                && SocketCalls.intOption(descriptor.open(), SOL_SOCKET, SO_PROTOCOL) == protocol;
    }
}
