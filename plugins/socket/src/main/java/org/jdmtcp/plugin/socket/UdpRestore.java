package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import com.google.protobuf.ByteString;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SocketCalls;

/**
 * All UDP sockets of a restart: bound as they were, filled by sending to them again from where it came, and only then connected.
 * While it is filled a socket is connected to the sender, so that no other socket of the same port gets what is meant for it.
 */
final class UdpRestore {
    private static final int LARGE_BUFFER = 1 << 23;
    private static final int SO_RCVBUF = 8;
    private static final byte[] NOBODY = new byte[16];

    private final RestoreContext context;
    private final Map<Long, UdpSocketState> states = new LinkedHashMap<>();
    private final Map<Long, Fd> sockets = new HashMap<>();

    UdpRestore(final List<UdpSocketState> all, final RestoreContext context) {
        this.context = context;
        all.forEach(state -> states.put(state.getInode(), state));
        all.forEach(state -> sockets.put(state.getInode(), bound(state)));
    }

    /** The agent's descriptor of a socket; it belongs to this object. */
    Fd socket(final long inode) {
        return Objects.requireNonNull(sockets.get(inode), "no such socket");
    }

    private Fd bound(final UdpSocketState state) {
        final Fd socket = NetworkSpace.here().socket(state.getFamily(), SocketCalls.SOCK_DGRAM);
        SocketOptions.restore(
                socket,
                state.getOptionsList().stream()
                        .filter(option -> InetOptions.isBeforeBinding(option)
                                || option.getLevel() == SOL_SOCKET && option.getName() == InetOptions.SO_REUSEADDR)
                        .toList(),
                context);
        final Endpoint name = endpoint(state.getName());
        if (name.port() == 0 && name.isAny()) {
            return socket;
        }
        final long result = SocketCalls.bind(socket, state.getName().toByteArray());
        if (Errno.isError(result)) {
            throw new Refusal("a UDP socket of " + state.getOwner() + " cannot have its address " + name + " again: "
                    + (result == -Errno.EADDRINUSE
                            ? "it is in use by another program (ss -uanp tells by which); end that and restart again"
                            : Errno.message((int) -result)));
        }
        return socket;
    }

    private static Endpoint endpoint(final ByteString sockaddr) {
        return Endpoint.of(sockaddr.toByteArray());
    }

    /** All open files exist: datagrams, groups, peers, options. */
    void complete() {
        states.values().forEach(this::fill);
        states.values().forEach(this::finish);
        sockets.values().forEach(Fd::close);
    }

    private void fill(final UdpSocketState state) {
        if (state.getQueueCount() == 0) {
            return;
        }
        final Fd socket = socket(state.getInode());
        if (SocketCalls.setOption(socket, SOL_SOCKET, SocketCalls.SO_RCVBUFFORCE, LARGE_BUFFER) < 0) {
            SocketCalls.setOption(socket, SOL_SOCKET, SO_RCVBUF, LARGE_BUFFER);
        }
        for (final UdpSocketState.Datagram datagram : state.getQueueList()) {
            send(state, socket, datagram);
        }
        SocketCalls.connect(socket, NOBODY);
    }

    private void send(final UdpSocketState state, final Fd socket, final UdpSocketState.Datagram datagram) {
        final Optional<UdpSocketState> member = states.values().stream()
                .filter(other -> isNameOf(other, endpoint(datagram.getFrom())))
                .findFirst();
        final Fd sender =
                member.map(other -> socket(other.getInode()).duplicate()).orElseGet(() -> standIn(state, datagram));
        try (sender;
                Arena arena = Arena.ofConfined()) {
            final byte[] from = member.isPresent() ? datagram.getFrom().toByteArray() : SocketCalls.name(sender);
            Linux.check(SocketCalls.connect(socket, reachable(from, state.getFamily())), "connect");
            final Endpoint to = Endpoint.of(SocketCalls.name(socket));
            final MemorySegment data =
                    arena.allocate(Math.max(1, datagram.getData().size()));
            data.asByteBuffer().put(datagram.getData().asReadOnlyByteBuffer());
            Linux.check(
                    SocketCalls.sendTo(
                            sender,
                            data.asSlice(0, datagram.getData().size()),
                            to.sockaddr(SocketCalls.intOption(sender, SOL_SOCKET, SocketCalls.SO_DOMAIN))),
                    "send to a UDP socket");
        }
    }

    private static byte[] reachable(final byte[] from, final int family) {
        final Endpoint sender = Endpoint.of(from);
        return (sender.isAny() ? Endpoint.loopback(family, sender.port()) : sender).sockaddr(family);
    }

    private static boolean isNameOf(final UdpSocketState state, final Endpoint from) {
        return endpoint(state.getName()).accepts(from);
    }

    // Who has sent it is gone, or was somebody else.
    private Fd standIn(final UdpSocketState state, final UdpSocketState.Datagram datagram) {
        final Fd socket = NetworkSpace.here().socket(state.getFamily(), SocketCalls.SOCK_DGRAM);
        if (SocketCalls.bind(socket, datagram.getFrom().toByteArray()) < 0) {
            context.warn("a datagram that waits for " + state.getOwner() + " came from " + endpoint(datagram.getFrom())
                    + ", which cannot be had here: it seems to come from elsewhere now");
            Linux.check(
                    SocketCalls.bind(
                            socket, Endpoint.loopback(state.getFamily(), 0).sockaddr(state.getFamily())),
                    "bind");
        }
        return socket;
    }

    private void finish(final UdpSocketState state) {
        final Fd socket = socket(state.getInode());
        Memberships.restore(socket, state, context);
        if (!state.getPeerName().isEmpty()) {
            final long result = SocketCalls.connect(socket, state.getPeerName().toByteArray());
            if (Errno.isError(result)) {
                throw new Refusal("a UDP socket of " + state.getOwner() + " cannot be connected to "
                        + endpoint(state.getPeerName()) + " again: " + Errno.message((int) -result));
            }
        }
        if (state.getError()) {
            context.warn("a UDP socket of " + state.getOwner() + " had an error to tell, most probably that nobody"
                    + " received what it had sent: it does not tell it any more");
        }
        if (state.getShutdown() != 0) {
            SocketCalls.shutdown(socket, state.getShutdown() - 1);
        }
        SocketOptions.restore(socket, state.getOptionsList(), context);
        Linux.check(
                FileCalls.fcntl(socket.number(), FileCalls.F_SETFL, state.getFlags() & FileCalls.O_NONBLOCK),
                "fcntl(F_SETFL)");
    }
}
