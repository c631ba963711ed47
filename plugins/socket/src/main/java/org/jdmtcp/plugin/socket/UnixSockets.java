package org.jdmtcp.plugin.socket;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdmtcp.plugin.socket.UnixRefill.Sender;
import org.jdmtcp.spi.linux.Fd;

/** The UNIX sockets of a restart by their old inodes: what they were, and the new ones, which this owns. */
final class UnixSockets implements AutoCloseable {
    private final Map<Long, UnixSocketState> states = new LinkedHashMap<>();
    private final Map<Long, Fd> sockets = new LinkedHashMap<>();
    /** By the socket whose queue it fills. */
    private final Map<Long, Sender> senders = new LinkedHashMap<>();
    /** Peers that are closed in the end, by the socket that they belong to. */
    private final Map<Long, Fd> ghosts = new LinkedHashMap<>();

    UnixSockets(final List<UnixSocketState> all) {
        all.forEach(state -> states.put(state.getInode(), state));
    }

    Collection<UnixSocketState> states() {
        return states.values();
    }

    Optional<UnixSocketState> state(final long inode) {
        return Optional.ofNullable(states.get(inode));
    }

    boolean has(final UnixSocketState state) {
        return sockets.containsKey(state.getInode());
    }

    Fd socket(final long inode) {
        return Objects.requireNonNull(sockets.get(inode), "no such socket");
    }

    void put(final UnixSocketState state, final Fd socket) {
        sockets.put(state.getInode(), socket);
    }

    void put(final UnixSocketState state, final Fd socket, final Sender sender) {
        put(state, socket);
        setSender(state, sender);
    }

    void putWithGhost(final UnixSocketState state, final Fd socket, final Fd ghost) {
        put(state, socket, new Sender(ghost, true));
        ghosts.put(state.getInode(), ghost);
    }

    void setSender(final UnixSocketState state, final Sender sender) {
        senders.put(state.getInode(), sender);
    }

    Optional<Sender> sender(final UnixSocketState state) {
        return Optional.ofNullable(senders.get(state.getInode()));
    }

    /** Whether what is sent to {@code state} without a name comes from {@code peer}. */
    boolean isPaired(final UnixSocketState state, final UnixSocketState peer) {
        return sender(state)
                .filter(sender -> sender.connected() && sender.socket() == sockets.get(peer.getInode()))
                .isPresent();
    }

    Map<Long, Fd> ghosts() {
        return ghosts;
    }

    @Override
    public void close() {
        ghosts.values().forEach(Fd::close);
        sockets.values().forEach(Fd::close);
    }
}
