package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdmtcp.plugin.socket.TcpEnds.Connection;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket over IPv4 or IPv6: connected, listening with connections that nobody has accepted yet, connecting, ended, or none of
 * these. Every end of a connection carries what it would receive next and what it has sent on top of that.
 */
final class TcpSocket implements DescriptorKind<TcpSocketState> {
    private static final int POLLRDHUP = 0x2000;

    private final TcpEnds ends = new TcpEnds();
    private final TcpStrangers strangers = new TcpStrangers();

    /** Of a restart. */
    private @Nullable TcpRestore restored;

    @Override
    public String name() {
        return "tcp";
    }

    @Override
    public Parser<TcpSocketState> parser() {
        return TcpSocketState.parser();
    }

    @Override
    public Optional<TcpSocketState> inspect(final DescriptorView descriptor) {
        if (!TcpEnds.isTcp(descriptor)) {
            return Optional.empty();
        }
        final Fd socket = descriptor.open();
        final TcpInfo info = TcpInfo.of(socket);
        TcpRefusals.check(descriptor, info);
        final TcpSocketState.Builder message = TcpSocketState.newBuilder()
                .setInode(descriptor.status().inode())
                .setFamily(SocketCalls.intOption(socket, SOL_SOCKET, SocketCalls.SO_DOMAIN))
                .setFlags(descriptor.flags())
                .setName(ByteString.copyFrom(SocketCalls.name(socket)))
                .setNetwork(TcpEnds.network(socket))
                .setOwner(descriptor.process().command() + " (pid "
                        + descriptor.process().ownPid() + ")");
        switch (info.state()) {
            case TcpInfo.TCP_LISTEN -> listening(message, info, descriptor);
            case TcpInfo.TCP_SYN_SENT -> connecting(message, descriptor);
            case TcpInfo.TCP_CLOSE -> closed(message, info, descriptor);
            default -> connected(message, info, descriptor);
        }
        return Optional.of(message.addAllOptions(options(socket, message.getFamily(), message.getState()))
                .build());
    }

    // The size of segments can be chosen for connections to come; that of one that is there is what both sides agreed
    // on.
    private static List<SocketOption> options(final Fd socket, final int family, final TcpSocketState.State state) {
        final boolean toCome = state == TcpSocketState.State.UNCONNECTED || state == TcpSocketState.State.LISTENING;
        return SocketOptions.capture(socket, InetOptions.stream(family == SocketCalls.AF_INET6)).stream()
                .filter(option -> toCome
                        || option.getLevel() != InetOptions.IPPROTO_TCP
                        || option.getName() != InetOptions.TCP_MAXSEG)
                .toList();
    }

    private void listening(final TcpSocketState.Builder message, final TcpInfo info, final DescriptorView descriptor) {
        message.setState(TcpSocketState.State.LISTENING).setBacklog(info.backlog());
        if (info.waiting() > 0) {
            message.addAllWaiting(strangers.waiting(descriptor, endpoint(message.getName())));
        }
    }

    private void connecting(final TcpSocketState.Builder message, final DescriptorView descriptor) {
        message.setState(TcpSocketState.State.CONNECTING)
                .setPeerName(ByteString.copyFrom(strangers.target(descriptor).sockaddr(message.getFamily())));
    }

    private static void closed(
            final TcpSocketState.Builder message, final TcpInfo info, final DescriptorView descriptor) {
        final int events = PipeCalls.poll(descriptor.open(), POLLRDHUP);
        final boolean error = (events & PipeCalls.POLLERR) != 0;
        message.setError(error);
        if (error && !info.wasConnected()) {
            message.setState(TcpSocketState.State.REFUSED);
        } else if ((events & POLLRDHUP) != 0) {
            message.setState(TcpSocketState.State.ENDED).setReceived(TcpQueue.kept(descriptor));
        } else {
            message.setState(TcpSocketState.State.UNCONNECTED);
        }
    }

    private void connected(final TcpSocketState.Builder message, final TcpInfo info, final DescriptorView descriptor) {
        final Fd socket = descriptor.open();
        final TcpState state = new TcpState(info.state());
        final byte[] peerName = SocketCalls.peerName(socket).orElseThrow();
        final Connection connection =
                new Connection(message.getNetwork(), endpoint(message.getName()), Endpoint.of(peerName));
        final Optional<DescriptorView> peer = ends.peer(descriptor, connection);
        final boolean told = (PipeCalls.poll(socket, POLLRDHUP) & POLLRDHUP) != 0;
        message.setState(TcpSocketState.State.CONNECTED)
                .setPeerName(ByteString.copyFrom(peerName))
                .setAgreement(agreement(info, peer))
                .setSendsNoMore(state.sendsNoMore())
                .setPeerSendsNoMore(state.peerSendsNoMore())
                .setReceivesNoMore(told && !state.peerSendsNoMore());
        if (peer.isPresent()) {
            final TcpFlight flight = ends.between(descriptor, peer.get());
            message.setReceived(flight.received()).setUnreceived(flight.unreceived());
        } else {
            strangers.lookAt(descriptor, connection, message);
        }
    }

    // What the peer takes is what it has told; of a stranger only the size that is being sent is known.
    private static TcpSocketState.Agreement agreement(final TcpInfo info, final Optional<DescriptorView> peer) {
        final TcpSocketState.Agreement told = info.agreement();
        return peer.map(view -> told.toBuilder()
                        .setMss(TcpInfo.of(view.open()).advertisedMss())
                        .build())
                .orElse(told);
    }

    private static Endpoint endpoint(final ByteString sockaddr) {
        return Endpoint.of(sockaddr.toByteArray());
    }

    @Override
    public void prepare(final List<TcpSocketState> all, final RestoreContext context) {
        restored = new TcpRestore(all, context);
    }

    @Override
    public Fd restore(final TcpSocketState state, final RestoreContext context) {
        return Objects.requireNonNull(restored).socket(state.getInode()).duplicate();
    }

    @Override
    public void complete(final RestoreContext context) {
        Objects.requireNonNull(restored).complete();
    }
}
