package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOCK_DGRAM;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.plugin.socket.UnixRefill.Sender;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * The datagram sockets of a restart. A socket without a name can only be somebody's peer because both were made as a pair; the
 * others are connected by name. A name outside, such as that of a system log, is connected to again.
 */
final class UnixDatagrams {
    private final UnixSockets made;
    private final UnixBinder binder;
    private final RestoreContext context;
    private final List<UnixSocketState> all;
    /** By the socket that is to be connected to a name outside when its queue is full again. */
    private final Map<Long, UnixName> outside = new LinkedHashMap<>();

    UnixDatagrams(final UnixSockets made, final UnixBinder binder, final RestoreContext context) {
        this.made = made;
        this.binder = binder;
        this.context = context;
        all = made.states().stream().filter(s -> s.getType() == SOCK_DGRAM).toList();
    }

    void restore() {
        all.forEach(this::pair);
        all.stream().filter(state -> !made.has(state)).forEach(this::make);
        for (final UnixSocketState state : all) {
            final UnixName name = UnixName.of(state.getName());
            if (!name.isNone()) {
                binder.bind(made.socket(state.getInode()), name, state.getPath());
            }
        }
        all.stream()
                .filter(state -> state.getState() == UnixSocketState.State.CONNECTED)
                .forEach(this::connect);
    }

    private void pair(final UnixSocketState one) {
        final UnixSocketState other = made.state(one.getPeer()).orElse(null);
        if (other == null || made.has(one) || made.has(other)) {
            return;
        }
        if (other.getPeer() == one.getInode() || UnixName.of(other.getName()).isNone()) {
            final Fd[] ends = ends(one.getPeerIds());
            made.put(one, ends[0], new Sender(ends[1], true));
            made.put(other, ends[1], new Sender(ends[0], true));
        }
    }

    private Fd[] ends(final Ids ids) {
        return Pairs.make(context.maker(ids.getPid(), ids.getUid(), ids.getGid()), SOCK_DGRAM);
    }

    private void make(final UnixSocketState state) {
        final boolean lost = state.getState() == UnixSocketState.State.CONNECTED
                && made.state(state.getPeer()).isEmpty()
                && !isReachable(state);
        if (lost) {
            final Fd[] ends = ends(state.getPeer() == 0 ? state.getPeerIds() : Ids.getDefaultInstance());
            made.putWithGhost(state, ends[0], ends[1]);
        } else {
            made.put(state, SocketCalls.socket(SocketCalls.AF_UNIX, SOCK_DGRAM | FileCalls.O_NONBLOCK, 0));
        }
    }

    /** Whether the peer, which is not of the computation, is there and can be found. */
    private boolean isReachable(final UnixSocketState state) {
        final UnixName name = UnixName.of(state.getPeerName());
        if (state.getPeer() == 0) {
            return false;
        }
        try (Fd probe = SocketCalls.socket(SocketCalls.AF_UNIX, SOCK_DGRAM, 0)) {
            final long result =
                    name.isNone() || name.isRelative() ? -Errno.ENOENT : SocketCalls.connect(probe, name.address());
            if (!Errno.isError(result)) {
                outside.put(state.getInode(), name);
                return true;
            }
            context.warn(
                    "process " + state.getOwner().getPid() + " had a datagram socket connected to a program outside of"
                            + " the computation (" + name + "), which cannot be reached now ("
                            + Errno.message((int) -result) + "): it finds that the peer has closed it");
            return false;
        }
    }

    private void connect(final UnixSocketState state) {
        made.state(state.getPeer()).filter(peer -> !made.isPaired(state, peer)).ifPresent(peer -> {
            made.setSender(state, new Sender(made.socket(peer.getInode()), false));
            UnixBinder.inFolder(
                    context.maker(0, state.getOwner().getUid(), state.getOwner().getGid()),
                    peer.getPath().getDirectory().toString(StandardCharsets.ISO_8859_1),
                    made.socket(state.getInode()),
                    SystemCall.CONNECT,
                    UnixName.of(peer.getName()));
        });
    }

    /** Connects to what is outside: from then on only that may send to it. */
    void connectOutside() {
        outside.forEach((inode, name) -> {
            final long result = SocketCalls.connect(made.socket(inode), name.address());
            if (Errno.isError(result)) {
                context.warn("a datagram socket was connected to " + name + ", which cannot be reached any more: "
                        + Errno.message((int) -result));
            }
        });
    }
}
