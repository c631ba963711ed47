package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** The connected TCP sockets of a checkpoint: who is whose peer, and what is on the way between them. */
final class TcpEnds {
    private static final int SO_NETNS_COOKIE = 71;

    private final Map<Connection, DescriptorView> connected = new HashMap<>();
    private final Map<Long, TcpFlight> flights = new HashMap<>();
    private int seen;

    /** A connection as one of its ends sees it. Network namespaces may have the same addresses. */
    record Connection(long network, Endpoint local, Endpoint remote) {
        Connection asPeerSeesIt() {
            return new Connection(network, remote, local);
        }
    }

    /** Whether this is a TCP socket. */
    static boolean isTcp(final DescriptorView descriptor) {
        return InetProtocol.isOf(descriptor, InetOptions.IPPROTO_TCP);
    }

    /** Tells network namespaces apart; 0 before Linux 5.14. */
    static long network(final Fd socket) {
        return SocketCalls.option(socket, SOL_SOCKET, SO_NETNS_COOKIE, Long.BYTES)
                .map(value ->
                        ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getLong())
                .orElse(0L);
    }

    /** The other end, where the computation has it. */
    Optional<DescriptorView> peer(final DescriptorView descriptor, final Connection connection) {
        final List<DescriptorView> all = descriptor.computation();
        for (; seen < all.size(); seen++) {
            add(all.get(seen));
        }
        return Optional.ofNullable(connected.get(connection.asPeerSeesIt()));
    }

    private void add(final DescriptorView view) {
        if (isTcp(view)) {
            SocketCalls.peerName(view.open())
                    .ifPresent(peer -> connected.put(
                            new Connection(
                                    network(view.open()),
                                    Endpoint.of(SocketCalls.name(view.open())),
                                    Endpoint.of(peer)),
                            view));
        }
    }

    /** What is on its way to and from an end whose peer the computation has. Both ends are looked at together. */
    TcpFlight between(final DescriptorView one, final DescriptorView other) {
        final TcpFlight known = flights.get(one.status().inode());
        if (known != null) {
            return known;
        }
        final TcpFlight.Way there = TcpFlight.Way.look(one, other);
        final TcpFlight.Way back = TcpFlight.Way.look(other, one);
        flights.put(other.status().inode(), new TcpFlight(there.received(), back.unreceived()));
        return new TcpFlight(back.received(), there.unreceived());
    }
}
