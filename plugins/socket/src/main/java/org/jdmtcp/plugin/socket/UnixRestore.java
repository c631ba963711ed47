package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOCK_DGRAM;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdmtcp.plugin.socket.UnixRefill.Sender;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SocketCalls;

/**
 * All UNIX sockets of a restart. Which ends belong together, and how a connection came about, decides how it is made:
 *
 * <ol>
 *   <li>Listening sockets first, since connections that were made through one come about through it again: only so their
 *       accepted ends have its name. Where it is gone there is another one for a moment.
 *   <li>Connections of which neither end has a name are socket pairs.
 *   <li>A peer that is not of the computation any more is made for the moment, to leave behind what it had sent, and closed.
 *   <li>Connections that were not accepted stay so, in their order.
 *   <li>When all open files exist, {@link #complete} fills the queues, closes what is to be closed, and sets options.
 * </ol>
 */
final class UnixRestore {
    private final RestoreContext context;
    private final UnixBinder binder;
    private final UnixSockets made;
    private final UnixDatagrams datagrams;
    /** By the inode of the socket. */
    private final Map<Long, UnixListener> listening = new LinkedHashMap<>();

    private final List<UnixListener> temporary = new ArrayList<>();

    UnixRestore(final List<UnixSocketState> all, final RestoreContext context) {
        this.context = context;
        binder = new UnixBinder(context);
        made = new UnixSockets(all);
        each(UnixSocketState.State.LISTENING, this::listen);
        each(UnixSocketState.State.CONNECTED, this::connect);
        each(UnixSocketState.State.LISTENING, this::letWait);
        each(UnixSocketState.State.WAITING, this::abandon);
        each(UnixSocketState.State.UNCONNECTED, this::make);
        datagrams = new UnixDatagrams(made, binder, context);
        datagrams.restore();
        each(UnixSocketState.State.LISTENING, this::finishListening);
        temporary.forEach(UnixListener::close);
    }

    /** The agent's descriptor of a socket; it belongs to this object. */
    Fd socket(final long inode) {
        return made.socket(inode);
    }

    private void each(final UnixSocketState.State which, final java.util.function.Consumer<UnixSocketState> action) {
        made.states().stream()
                .filter(state -> state.getState() == which && state.getType() != SOCK_DGRAM)
                .forEach(action);
    }

    private static Fd fresh(final int type) {
        // What connects must not wait; the program's own flags come at the end.
        return SocketCalls.socket(SocketCalls.AF_UNIX, type | FileCalls.O_NONBLOCK, 0);
    }

    private void make(final UnixSocketState state) {
        made.put(state, named(state));
    }

    /** A socket with its name, if it had one. */
    private Fd named(final UnixSocketState state) {
        final Fd socket = fresh(state.getType());
        final UnixName name = UnixName.of(state.getName());
        if (!name.isNone()) {
            binder.bind(socket, name, state.getPath());
        }
        return socket;
    }

    private void listen(final UnixSocketState state) {
        final Fd socket = fresh(state.getType());
        made.put(state, socket);
        listening.put(state.getInode(), listener(socket.duplicate(), state));
    }

    private UnixListener listener(final Fd socket, final UnixSocketState state) {
        final UnixName name = UnixName.of(state.getName());
        if (!binder.bind(socket, name, state.getPath())) {
            Linux.check(SocketCalls.bind(socket, UnixName.NONE.address()), "bind");
        }
        return new UnixListener(context, socket, UnixName.of(SocketCalls.name(socket)), state);
    }

    private void connect(final UnixSocketState end) {
        if (made.has(end)) {
            return;
        }
        final Optional<UnixSocketState> peer = made.state(end.getPeer());
        if (peer.isPresent()) {
            final Fd[] ends = connect(end, peer.get());
            made.put(end, ends[0], new Sender(ends[1], true));
            made.put(peer.get(), ends[1], new Sender(ends[0], true));
        } else if (end.getPeer() == 0) {
            connectToGhost(end);
        } else {
            warnOfOutsider(end);
            // Who made the connection lives outside, so that nobody else can have those ids.
            connectToGhost(end.toBuilder().clearPeerIds().build());
        }
    }

    // The name that the peer had is shown by getpeername no more: it may be another program's now.
    private void connectToGhost(final UnixSocketState end) {
        final UnixSocketState ghost = UnixSocketState.newBuilder()
                .setType(end.getType())
                .setPeerIds(end.getPeerIds())
                .build();
        final Fd[] ends = connect(end, ghost);
        made.putWithGhost(end, ends[0], ends[1]);
    }

    private void warnOfOutsider(final UnixSocketState end) {
        final UnixName name = UnixName.of(end.getPeerName().isEmpty() ? end.getName() : end.getPeerName());
        context.warn("process " + end.getOwner().getPid() + " had a UNIX socket connection to a program outside of the"
                + " computation" + (name.isNone() ? "" : " (" + name + ")")
                + ": it finds that the peer has closed it");
    }

    /** @return both ends, in the order of the arguments */
    private Fd[] connect(final UnixSocketState one, final UnixSocketState other) {
        final UnixName oneName = UnixName.of(one.getName());
        final UnixName otherName = UnixName.of(other.getName());
        if (oneName.isNone() && otherName.isNone()) {
            final Ids ids = one.getPeerIds();
            return Pairs.make(context.maker(ids.getPid(), ids.getUid(), ids.getGid()), one.getType());
        }
        if (isServer(one, other)) {
            final Fd[] ends = through(one, other);
            return new Fd[] {ends[1], ends[0]};
        }
        return through(other, one);
    }

    /** Which end was accepted: it has the name of a listening socket, and has come into being later. */
    private boolean isServer(final UnixSocketState one, final UnixSocketState other) {
        final boolean oneListens = find(one).isPresent();
        if (oneListens != find(other).isPresent()) {
            return oneListens;
        }
        final boolean oneNamed = !UnixName.of(one.getName()).isNone();
        if (oneNamed != !UnixName.of(other.getName()).isNone()) {
            return oneNamed;
        }
        return one.getInode() > other.getInode();
    }

    private Optional<UnixListener> find(final UnixSocketState server) {
        final UnixName name = UnixName.of(server.getName());
        return Stream.concat(listening.values().stream(), temporary.stream())
                .filter(listener -> listener.is(server.getType(), name))
                .findFirst();
    }

    /** @return the client's and the server's end */
    private Fd[] through(final UnixSocketState server, final UnixSocketState client) {
        final UnixListener listener = find(server).orElseGet(() -> {
            final UnixListener one = listener(fresh(server.getType()), server);
            temporary.add(one);
            return one;
        });
        final Fd socket = named(client);
        listener.connect(socket, client.getPeerIds(), server.getPeerIds());
        return new Fd[] {socket, listener.accept(socket)};
    }

    private void letWait(final UnixSocketState state) {
        final UnixListener listener = Objects.requireNonNull(listening.get(state.getInode()));
        for (final long inode : state.getWaitingList()) {
            made.state(inode)
                    .ifPresentOrElse(
                            client -> letWait(client, listener),
                            () -> context.warn("a program outside of the computation waited for process "
                                    + state.getOwner().getPid() + " to accept its connection to "
                                    + UnixName.of(state.getName()) + ": it has to connect again"));
        }
    }

    private void letWait(final UnixSocketState client, final UnixListener listener) {
        final Fd socket = named(client);
        listener.connect(socket, client.getPeerIds(), client.getOwner());
        made.put(client, socket);
    }

    // The listening socket is outside.
    private void abandon(final UnixSocketState state) {
        if (!made.has(state)) {
            warnOfOutsider(state);
            connectToGhost(state.toBuilder().clearPeerIds().build());
        }
    }

    private void finishListening(final UnixSocketState state) {
        try (UnixListener listener = Objects.requireNonNull(listening.get(state.getInode()))) {
            listener.listen(state.getPeerIds(), state.getBacklog());
        }
    }

    /** All open files exist: queues, half-closed directions, options. */
    void complete() {
        try (UnixRefill refill = new UnixRefill(made, context)) {
            made.states().forEach(refill::fill);
        }
        datagrams.connectOutside();
        made.ghosts().forEach((inode, ghost) -> leave(made.state(inode).orElseThrow(), ghost));
        made.states().forEach(this::finish);
        binder.removeTemporary();
        made.close();
    }

    // Who closes with something unread resets the connection.
    private void leave(final UnixSocketState state, final Fd ghost) {
        if (state.getReset()) {
            Linux.check(UnixRefill.sendByte(socket(state.getInode())), "send to the peer of a UNIX socket");
        }
        ghost.close();
    }

    private void finish(final UnixSocketState state) {
        final Fd socket = socket(state.getInode());
        if (state.getShutdown() != 0 && state.getState() != UnixSocketState.State.LISTENING) {
            SocketCalls.shutdown(socket, state.getShutdown() - 1);
        }
        SocketOptions.restore(socket, state.getOptionsList(), context);
        Linux.check(
                FileCalls.fcntl(socket.number(), FileCalls.F_SETFL, state.getFlags() & FileCalls.O_NONBLOCK),
                "fcntl(F_SETFL)");
    }
}
