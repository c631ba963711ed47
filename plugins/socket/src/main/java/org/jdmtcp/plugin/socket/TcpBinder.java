package org.jdmtcp.plugin.socket;

import static org.jdmtcp.plugin.socket.InetOptions.IPPROTO_IP;
import static org.jdmtcp.plugin.socket.InetOptions.IP_BIND_ADDRESS_NO_PORT;
import static org.jdmtcp.plugin.socket.InetOptions.IP_LOCAL_PORT_RANGE;
import static org.jdmtcp.plugin.socket.InetOptions.SO_REUSEADDR;
import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SocketCalls;

/** Gives IP sockets the addresses and ports that they had, in the network that others live in too. */
final class TcpBinder {
    private static final int ALL_STATES = 0xfff;
    private static final int TCP_TIME_WAIT = 6;
    /** A minute, as long as the kernel keeps what is left of a connection, and a little more. */
    private static final Duration TIME_WAIT = Duration.ofSeconds(65);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final RestoreContext context;

    TcpBinder(final RestoreContext context) {
        this.context = context;
    }

    RestoreContext context() {
        return context;
    }

    /**
     * A socket of a state, with the options that have to be there early, and bound if it was.
     *
     * @throws Refusal where its port belongs to somebody else
     */
    Fd bound(final NetworkSpace space, final TcpSocketState state) {
        final Fd socket = space.socket(state.getFamily(), SocketCalls.SOCK_STREAM);
        final Endpoint name = Endpoint.of(state.getName().toByteArray());
        early(socket, state.getOptionsList(), false);
        if (name.port() != 0 || !name.isAny()) {
            bind(socket, state, name);
        }
        return socket;
    }

    /**
     * Sets what decides where a socket may be bound. What the killed programs have left behind is no hindrance.
     *
     * @param apart whether it is in a network apart, where no other interfaces are
     */
    void early(final Fd socket, final List<SocketOption> options, final boolean apart) {
        SocketOptions.restore(
                socket,
                options.stream()
                        .filter(InetOptions::isBeforeBinding)
                        .filter(option -> !apart || !InetOptions.isInterface(option))
                        .toList(),
                context);
        SocketCalls.setOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    }

    /**
     * What a socket that is going to connect is to be bound to. Who binds to an IPv6 address of its own makes the socket one for
     * IPv6 only, and the program can read that. Without it the kernel chooses the address when it connects: the one that is
     * connected to, where that is local.
     */
    static byte[] nameOf(final TcpSocketState state) {
        final Endpoint name = Endpoint.of(state.getName().toByteArray());
        final Endpoint peer = Endpoint.of(state.getPeerName().toByteArray());
        final boolean isOnly =
                SocketOptions.number(state.getOptionsList(), InetOptions.IPPROTO_IPV6, InetOptions.IPV6_V6ONLY)
                                .orElse(1)
                        != 0;
        return isOnly || name.isMapped() || !name.address().equals(peer.address())
                ? state.getName().toByteArray()
                : Endpoint.any(name.port()).sockaddr(SocketCalls.AF_INET6);
    }

    private static void bind(final Fd socket, final TcpSocketState state, final Endpoint name) {
        final byte[] address = state.getName().toByteArray();
        final long result = outwait(name, () -> SocketCalls.bind(socket, address));
        if (Errno.isError(result)) {
            throw new Refusal("a socket of " + state.getOwner() + " cannot have its address " + name + " again: "
                    + why(result, name));
        }
    }

    /**
     * Tries until what stands in the way is gone: connections that have ended, which the kernel keeps for a minute. Mostly nothing
     * is in the way, since both sides allow their addresses to be used again; and who may has the kernel forget them.
     */
    private static long outwait(final Endpoint name, final LongSupplier attempt) {
        final long deadline = System.nanoTime() + TIME_WAIT.toNanos();
        long result = attempt.getAsLong();
        while ((result == -Errno.EADDRINUSE || result == -Errno.EADDRNOTAVAIL && isKept(name))
                && System.nanoTime() < deadline
                && holder(name).isEmpty()) {
            if (!forget(name)) {
                pause();
            }
            result = attempt.getAsLong();
        }
        return result;
    }

    private static boolean isKept(final Endpoint name) {
        return !kept(name).isEmpty();
    }

    /** Connections that have ended at that port. */
    private static List<InetDiagnosis> kept(final Endpoint name) {
        return InetDiagnosis.all(1 << TCP_TIME_WAIT | 1 << TcpInfo.TCP_FIN_WAIT2).stream()
                .filter(socket -> socket.inode() == 0)
                .filter(socket ->
                        socket.local().port() == name.port() || socket.remote().port() == name.port())
                .toList();
    }

    /** @return whether the kernel has forgotten any of them */
    private static boolean forget(final Endpoint name) {
        return kept(name).stream()
                .map(InetDiagnosis::destroy)
                .reduce(false, (some, result) -> some || result == 0, Boolean::logicalOr);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal("the restart was interrupted", e);
        }
    }

    private static String why(final long result, final Endpoint name) {
        if (result == -Errno.EADDRINUSE) {
            return holder(name)
                    .map(socket -> "it is in use by " + SocketOwner.of(socket.inode()) + "; end that and restart again")
                    .orElse("the kernel keeps it for connections that have ended; restart again in a minute");
        }
        return Errno.message((int) -result);
    }

    /** A living socket at that port. */
    private static Optional<InetDiagnosis> holder(final Endpoint name) {
        return InetDiagnosis.all(ALL_STATES).stream()
                .filter(socket -> socket.inode() != 0 && socket.local().port() == name.port())
                .filter(socket -> name.isAny()
                        || socket.local().isAny()
                        || socket.local().address().equals(name.address()))
                .findFirst();
    }

    /**
     * A socket that connects to where it was connected, from the same port. The program had that port from the kernel, mostly,
     * which gives one again that was used a moment ago, where bind(2) does not.
     *
     * @throws Refusal where it cannot be
     */
    Fd connecting(final TcpSocketState state) {
        final Endpoint name = Endpoint.of(state.getName().toByteArray());
        final long result = outwait(name, () -> tryToConnect(state, name));
        if (Errno.isError(result)) {
            throw new Refusal("a connection of " + state.getOwner() + " from " + name + " to "
                    + Endpoint.of(state.getPeerName().toByteArray()) + " cannot be made again: " + why(result, name));
        }
        return new Fd((int) result);
    }

    /** @return a descriptor, or minus errno */
    private long tryToConnect(final TcpSocketState state, final Endpoint name) {
        final Fd socket = NetworkSpace.here().socket(state.getFamily(), SocketCalls.SOCK_STREAM);
        early(socket, state.getOptionsList(), false);
        if (SocketCalls.bind(socket, nameOf(state)) == -Errno.EADDRINUSE) {
            SocketCalls.setOption(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
            SocketCalls.setOption(socket, IPPROTO_IP, IP_LOCAL_PORT_RANGE, name.port() | name.port() << 16);
            final Endpoint bound = Endpoint.of(nameOf(state));
            SocketCalls.bind(socket, new Endpoint(bound.address(), 0).sockaddr(state.getFamily()));
        }
        final long result = SocketCalls.connect(socket, state.getPeerName().toByteArray());
        if (Errno.isError(result) && result != -Errno.EINPROGRESS) {
            socket.close();
            return result;
        }
        if (Endpoint.of(SocketCalls.name(socket)).port() != name.port()) {
            socket.close();
            return -Errno.EADDRINUSE;
        }
        return socket.number();
    }
}
