package org.jdmtcp.plugin.socket;

import static org.jdmtcp.plugin.socket.TcpSocketState.State.CONNECTED;
import static org.jdmtcp.plugin.socket.TcpSocketState.State.CONNECTING;
import static org.jdmtcp.plugin.socket.TcpSocketState.State.ENDED;
import static org.jdmtcp.plugin.socket.TcpSocketState.State.LISTENING;
import static org.jdmtcp.plugin.socket.TcpSocketState.State.REFUSED;
import static org.jdmtcp.plugin.socket.TcpSocketState.State.UNCONNECTED;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdmtcp.plugin.socket.TcpEnds.Connection;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SocketCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All TCP sockets of a restart:
 *
 * <ol>
 *   <li>Listening sockets first: they tell soonest that a port is somebody else's.
 *   <li>Connections of which both ends are there, and those whose peer has closed its end.
 *   <li>Connections that were not accepted yet are made anew, in their order, to the listening sockets.
 *   <li>Connections to outside, ended ones, attempts to connect, and sockets that are nothing yet.
 *   <li>When all open files exist, {@link #complete} ends half-closed directions and sets options.
 * </ol>
 */
final class TcpRestore {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.socket");

    private final RestoreContext context;
    private final TcpBinder binder;
    private final TcpConnections connections;
    /** By inode. */
    private final Map<Long, TcpSocketState> states = new LinkedHashMap<>();

    private final Map<Long, Fd> sockets = new HashMap<>();
    private final Map<Connection, TcpSocketState> ends = new HashMap<>();

    TcpRestore(final List<TcpSocketState> all, final RestoreContext context) {
        this.context = context;
        binder = new TcpBinder(context);
        connections = new TcpConnections(context, binder);
        for (final TcpSocketState state : all) {
            states.put(state.getInode(), state);
            if (state.getState() == CONNECTED) {
                ends.put(connection(state), state);
            }
        }
        each(LISTENING, this::listen);
        each(CONNECTED, this::connect);
        all.stream().filter(state -> state.getState() == LISTENING).forEach(this::letWait);
        each(CONNECTED, this::connectLate);
        each(CONNECTED, this::connectOutside);
        each(ENDED, state -> put(state, connections.over(state)));
        each(REFUSED, state -> put(state, connections.refused(state)));
        each(UNCONNECTED, state -> put(state, binder.bound(NetworkSpace.here(), state)));
        each(CONNECTING, this::tryToConnect);
    }

    private static Connection connection(final TcpSocketState state) {
        return new Connection(state.getNetwork(), endpoint(state.getName()), endpoint(state.getPeerName()));
    }

    private static Endpoint endpoint(final ByteString sockaddr) {
        return Endpoint.of(sockaddr.toByteArray());
    }

    /** The agent's descriptor of a socket; it belongs to this object. */
    Fd socket(final long inode) {
        return Objects.requireNonNull(sockets.get(inode), "no such socket");
    }

    private void put(final TcpSocketState state, final Fd socket) {
        sockets.put(state.getInode(), socket);
    }

    private void each(final TcpSocketState.State which, final Consumer<TcpSocketState> action) {
        states.values().stream()
                .filter(state -> state.getState() == which && !sockets.containsKey(state.getInode()))
                .forEach(action);
    }

    // What is accepted has its options from the listening socket, so that these come first.
    private void listen(final TcpSocketState state) {
        final Fd socket = binder.bound(NetworkSpace.here(), state);
        put(state, socket);
        LOG.debug("{} listens at {}, backlog {}", state.getOwner(), endpoint(state.getName()), state.getBacklog());
        SocketOptions.restore(socket, state.getOptionsList(), context);
        Linux.check(SocketCalls.listen(socket, state.getBacklog()), "listen");
    }

    private void connect(final TcpSocketState state) {
        if (sockets.containsKey(state.getInode())) {
            return;
        }
        final Optional<TcpSocketState> peer =
                Optional.ofNullable(ends.get(connection(state).asPeerSeesIt()));
        if (peer.isPresent()) {
            LOG.debug("{} and {} are connected again", endpoint(state.getName()), endpoint(state.getPeerName()));
            final Fd[] both = connections.connect(state, peer.get());
            put(state, both[0]);
            put(peer.get(), both[1]);
        } else if (state.getPeerSendsNoMore() && !state.getOutside()) {
            LOG.debug("{} had been left by its peer {}", endpoint(state.getName()), endpoint(state.getPeerName()));
            put(state, connections.left(state));
        }
    }

    private void letWait(final TcpSocketState listener) {
        for (final TcpSocketState.Waiting waiting : listener.getWaitingList()) {
            final Endpoint from = new Endpoint(waiting.getAddress(), waiting.getPort());
            final Optional<TcpSocketState> client = states.values().stream()
                    .filter(state -> (state.getState() == CONNECTED || state.getState() == CONNECTING)
                            && !sockets.containsKey(state.getInode())
                            && endpoint(state.getName()).equals(from)
                            && endpoint(listener.getName()).accepts(endpoint(state.getPeerName())))
                    .findFirst();
            LOG.debug("{} waits to be accepted at {}: {}", from, endpoint(listener.getName()), client.isPresent());
            client.ifPresent(state -> put(state, binder.connecting(state)));
            if (client.isEmpty() && waiting.getEnded()) {
                binder.connecting(ghost(listener, from)).close();
            } else if (client.isEmpty()) {
                context.warn("a program outside of the computation (" + from + ") waited for " + listener.getOwner()
                        + " to accept its connection to " + endpoint(listener.getName()) + ": it has to connect again");
            }
        }
    }

    // The kernel goes on making connections while everything is looked at: this one was not there yet when the
    // listening socket
    // was.
    private void connectLate(final TcpSocketState state) {
        final boolean waits = !state.getOutside()
                && states.values().stream()
                        .anyMatch(listener -> listener.getState() == LISTENING
                                && endpoint(listener.getName()).accepts(endpoint(state.getPeerName())));
        if (waits) {
            put(state, binder.connecting(state));
        }
    }

    /** Who has connected and closed again before it was accepted. */
    private static TcpSocketState ghost(final TcpSocketState listener, final Endpoint from) {
        final Endpoint name = endpoint(listener.getName());
        final Endpoint to = name.isAny() ? new Endpoint(from.address(), name.port()) : name;
        return TcpSocketState.newBuilder()
                .setFamily(listener.getFamily())
                .setOwner(listener.getOwner())
                .setName(ByteString.copyFrom(from.sockaddr(listener.getFamily())))
                .setPeerName(ByteString.copyFrom(to.sockaddr(listener.getFamily())))
                .build();
    }

    private void connectOutside(final TcpSocketState state) {
        context.warn(state.getOwner() + " had a connection to a program outside of the computation ("
                + endpoint(state.getPeerName()) + "): it finds that the connection was reset");
        put(state, connections.over(state.toBuilder().setError(true).build()));
    }

    private void tryToConnect(final TcpSocketState state) {
        put(state, binder.connecting(state));
    }

    /** All open files exist: half-closed directions, options. */
    void complete() {
        states.values().forEach(this::finish);
        sockets.values().forEach(Fd::close);
    }

    private void finish(final TcpSocketState state) {
        final Fd socket = socket(state.getInode());
        LOG.trace(
                "socket {}: sends {}, receives {}, {} options",
                state.getInode(),
                !state.getSendsNoMore(),
                !state.getReceivesNoMore(),
                state.getOptionsCount());
        if (state.getSendsNoMore()) {
            SocketCalls.shutdown(socket, 1);
        }
        if (state.getReceivesNoMore()) {
            SocketCalls.shutdown(socket, 0);
        }
        SocketOptions.restore(socket, state.getOptionsList(), context);
        Linux.check(
                FileCalls.fcntl(socket.number(), FileCalls.F_SETFL, state.getFlags() & FileCalls.O_NONBLOCK),
                "fcntl(F_SETFL)");
    }
}
