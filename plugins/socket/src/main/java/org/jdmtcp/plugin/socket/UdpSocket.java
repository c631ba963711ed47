package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jspecify.annotations.Nullable;

/** A UDP socket over IPv4 or IPv6, with the datagrams that it has not received yet and the groups that it is a member of. */
final class UdpSocket implements DescriptorKind<UdpSocketState> {
    private static final int POLLRDHUP = 0x2000;
    private static final int UDP_CORK = 1;

    /** Of a restart. */
    private @Nullable UdpRestore restored;

    @Override
    public String name() {
        return "udp";
    }

    @Override
    public Parser<UdpSocketState> parser() {
        return UdpSocketState.parser();
    }

    @Override
    public Optional<UdpSocketState> inspect(final DescriptorView descriptor) {
        if (!InetProtocol.isOf(descriptor, InetOptions.IPPROTO_UDP)) {
            return Optional.empty();
        }
        final Fd socket = descriptor.open();
        final int events = PipeCalls.poll(socket, POLLRDHUP);
        final boolean error = (events & PipeCalls.POLLERR) != 0;
        refuse(descriptor, error);
        final int family = SocketCalls.intOption(socket, SOL_SOCKET, SocketCalls.SO_DOMAIN);
        final UdpSocketState.Builder message = UdpSocketState.newBuilder()
                .setInode(descriptor.status().inode())
                .setFamily(family)
                .setFlags(descriptor.flags())
                .setName(ByteString.copyFrom(SocketCalls.name(socket)))
                .setOwner(descriptor.process().command() + " (pid "
                        + descriptor.process().ownPid() + ")")
                .setShutdown((events & POLLRDHUP) != 0 ? 1 : 0)
                .setError(error)
                .addAllOptions(SocketOptions.capture(socket, InetOptions.datagram(family == SocketCalls.AF_INET6)))
                .addAllMemberships(Memberships.of(socket, family));
        SocketCalls.peerName(socket).ifPresent(peer -> message.setPeerName(ByteString.copyFrom(peer)));
        if (!error) {
            message.addAllQueue(UdpQueue.look(socket));
        }
        return Optional.of(message.build());
    }

    private static void refuse(final DescriptorView descriptor, final boolean error) {
        final Fd socket = descriptor.open();
        if (TcpRefusals.hasFilter(socket)) {
            throw new Refusal(descriptor.describe()
                    + " has a packet filter, which cannot be restored; checkpoint when the program has detached it");
        }
        final boolean corked = SocketCalls.option(socket, InetOptions.IPPROTO_UDP, UDP_CORK, Integer.BYTES)
                        .map(SocketOptions::number)
                        .orElse(0)
                != 0;
        if (corked) {
            throw new Refusal(descriptor.describe() + " gathers data for one datagram (UDP_CORK), which nobody can see;"
                    + " checkpoint when it has been sent");
        }
        if (error && PipeCalls.available(socket) > 0) {
            throw new Refusal(descriptor.describe() + " has an error to report and datagrams behind it, which cannot be"
                    + " seen without taking the error away; try again when the program has used the socket");
        }
    }

    @Override
    public void prepare(final List<UdpSocketState> all, final RestoreContext context) {
        restored = new UdpRestore(all, context);
    }

    @Override
    public Fd restore(final UdpSocketState state, final RestoreContext context) {
        return Objects.requireNonNull(restored).socket(state.getInode()).duplicate();
    }

    @Override
    public void complete(final RestoreContext context) {
        Objects.requireNonNull(restored).complete();
    }
}
