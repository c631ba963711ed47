package org.jdmtcp.plugin.socket;

import static org.jdmtcp.plugin.socket.TcpInfo.TCP_CLOSE_WAIT;
import static org.jdmtcp.plugin.socket.TcpInfo.TCP_ESTABLISHED;
import static org.jdmtcp.plugin.socket.TcpInfo.TCP_LISTEN;
import static org.jdmtcp.plugin.socket.TcpInfo.TCP_SYN_RECV;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.plugin.socket.TcpEnds.Connection;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TCP sockets of this host that no program of the computation has a descriptor of: connections that were not accepted yet, what is
 * left of those that were closed, and peers outside. They are asked for only when somebody has to do with one.
 */
final class TcpStrangers {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.socket");

    private static final int EVERYTHING_BUT_LISTENERS = 0xfff & ~(1 << TCP_LISTEN);
    private static final int TCP_TIME_WAIT = 6;

    private Optional<List<InetDiagnosis>> found = Optional.empty();
    private Optional<Long> network = Optional.empty();

    /** As of now: connections come about and end although all programs stand still. */
    private void lookAgain() {
        found = Optional.empty();
    }

    private List<InetDiagnosis> all() {
        final List<InetDiagnosis> all =
                found.orElseGet(() -> InetDiagnosis.all(EVERYTHING_BUT_LISTENERS & ~(1 << TCP_TIME_WAIT)));
        found = Optional.of(all);
        return all;
    }

    /** Whether a socket belongs to the agent's network namespace. One that does not was made by a restart. */
    private boolean isHere(final long other) {
        final long own = network.orElseGet(() -> {
            try (Fd probe = SocketCalls.socket(SocketCalls.AF_INET, SocketCalls.SOCK_STREAM, 0)) {
                return TcpEnds.network(probe);
            }
        });
        network = Optional.of(own);
        return own == other;
    }

    /**
     * The connections that wait for a listening socket to accept them, the oldest first: of those that were made at the same tick
     * of the clock the one whose maker is the older socket.
     */
    List<TcpSocketState.Waiting> waiting(final DescriptorView listener, final Endpoint address) {
        final List<TcpSocketState.Waiting> waiting = new ArrayList<>();
        lookAgain();
        all().stream()
                .filter(socket -> socket.inode() == 0
                        && address.accepts(socket.local())
                        && (socket.state() == TCP_ESTABLISHED || socket.state() == TCP_CLOSE_WAIT))
                .sorted(Comparator.<InetDiagnosis>comparingInt(
                                socket -> -socket.info().age())
                        .thenComparingLong(socket -> mirror(socket.local(), socket.remote())
                                .map(InetDiagnosis::inode)
                                .orElse(0L)))
                .forEach(socket -> {
                    final boolean ended = socket.state() == TCP_CLOSE_WAIT;
                    if (socket.queued() > (ended ? 1 : 0)) {
                        throw new Refusal(
                                listener.describe() + " listens, and on a connection that waits to be accepted"
                                        + " data have been sent already (from " + socket.remote()
                                        + "), which can be seen by nobody before; try again in a moment");
                    }
                    waiting.add(TcpSocketState.Waiting.newBuilder()
                            .setAddress(socket.remote().address())
                            .setPort(socket.remote().port())
                            .setEnded(ended)
                            .build());
                });
        return waiting;
    }

    /** The other end of a connection. */
    private Optional<InetDiagnosis> mirror(final Endpoint local, final Endpoint remote) {
        return all().stream()
                .filter(other -> other.local().equals(remote) && other.remote().equals(local))
                .findFirst();
    }

    private Optional<InetDiagnosis> peer(final Connection connection) {
        if (mirror(connection.local(), connection.remote()).isEmpty()) {
            lookAgain();
        }
        return mirror(connection.local(), connection.remote());
    }

    /** Where a socket is connecting to, which getpeername tells only when it is connected. */
    Endpoint target(final DescriptorView descriptor) {
        lookAgain();
        return all().stream()
                .filter(socket -> socket.inode() == descriptor.status().inode())
                .findFirst()
                .map(InetDiagnosis::remote)
                .orElseThrow(() -> new Refusal(
                        descriptor.describe() + " is a connection that is just being made; try again in a moment"));
    }

    /** Of an end whose peer the computation does not have: what it would receive, and what has become of the peer. */
    void lookAt(final DescriptorView descriptor, final Connection connection, final TcpSocketState.Builder message) {
        final Fd socket = descriptor.open();
        final boolean here = isHere(connection.network());
        final Optional<InetDiagnosis> peer = here ? peer(connection) : Optional.empty();
        final boolean waits = peer.filter(other -> other.inode() == 0
                        && (other.state() == TCP_ESTABLISHED
                                || other.state() == TCP_CLOSE_WAIT
                                || other.state() == TCP_SYN_RECV))
                .isPresent();
        final boolean ended = message.getPeerSendsNoMore();
        final boolean closed = !here
                || peer.map(other -> other.inode() == 0)
                        .orElse(ended && connection.remote().isLocal());
        LOG.debug(
                "{} {}: the peer is {}",
                descriptor.number(),
                connection,
                waits ? "not accepted yet" : closed ? "closed" : "outside of the computation");
        if (waits) {
            message.setReceived(TcpQueue.kept(descriptor));
        } else if (!closed) {
            message.setOutside(true).setIncomplete(!hasArrived(socket, connection) && !gather(descriptor, connection));
            message.setReceived(TcpQueue.kept(descriptor));
        } else if (ended) {
            message.setReceived(TcpQueue.kept(descriptor));
        } else {
            // The peer was closed with data on their way, which are in nobody's hands but the kernel's.
            TcpFlight.gather(
                    descriptor, Integer.MAX_VALUE / 8, () -> TcpState.of(socket).peerSendsNoMore());
            message.setReceived(TcpQueue.kept(descriptor)).setPeerSendsNoMore(true);
        }
    }

    // The peer may belong to another dmtcp_launch of the computation, and stands still as well then. What it has sent
    // is to be here,
    // because nobody else is going to keep it. Other peers may go on and on.
    private boolean gather(final DescriptorView descriptor, final Connection connection) {
        final long more = peer(connection).map(InetDiagnosis::unacknowledged).orElse(0L);
        return TcpFlight.tryToGather(descriptor.open(), (int) more, () -> {
            lookAgain();
            return hasArrived(descriptor.open(), connection);
        });
    }

    private boolean hasArrived(final Fd socket, final Connection connection) {
        return peer(connection)
                .filter(peer -> peer.unacknowledged() > 0 && !peer.info().isAllWith(TcpInfo.of(socket)))
                .isEmpty();
    }
}
