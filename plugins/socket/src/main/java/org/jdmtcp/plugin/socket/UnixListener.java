package org.jdmtcp.plugin.socket;

import java.nio.charset.StandardCharsets;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * A listening socket through which connections come into being again, for those that were made through it. The kernel notes
 * who called {@code listen} (the client's peer) and who called {@code connect} (the server's peer).
 */
final class UnixListener implements AutoCloseable {
    private static final int LARGE = 4096;

    private final RestoreContext context;
    private final Fd socket;
    private final UnixName name;
    private final String directory;
    private final int type;
    private Ids listening = Ids.getDefaultInstance();
    private boolean listens;

    /**
     * @param socket bound, owned by this
     * @param name what it is bound to
     * @param state of the socket, or of a connection's end that was accepted there
     */
    UnixListener(final RestoreContext context, final Fd socket, final UnixName name, final UnixSocketState state) {
        this.context = context;
        this.socket = socket;
        this.name = name;
        directory = state.getPath().getDirectory().toString(StandardCharsets.ISO_8859_1);
        type = state.getType();
    }

    /** Listens, as somebody. */
    void listen(final Ids as, final int backlog) {
        final Maker maker = context.maker(as.getPid(), as.getUid(), as.getGid());
        final int number = maker.give(socket);
        final RemoteBatch batch = maker.batch();
        batch.must(SystemCall.LISTEN, number, backlog);
        batch.must(SystemCall.CLOSE, number);
        batch.run();
        listening = as;
        listens = true;
    }

    /**
     * Connects a socket of the agent that is not connected yet.
     *
     * @param listener whom the client is to see as its peer
     * @param connecting whom the server is to see as its peer
     */
    void connect(final Fd client, final Ids listener, final Ids connecting) {
        if (!listens || !listening.equals(listener)) {
            listen(listener, LARGE);
        }
        final Maker maker = context.maker(connecting.getPid(), connecting.getUid(), connecting.getGid());
        UnixBinder.inFolder(maker, directory, client, SystemCall.CONNECT, name);
    }

    /** The server's end of the connection that a client just made; a stranger's that came between is closed. */
    Fd accept(final Fd client) {
        final long inode = FileCalls.status(client).inode();
        while (true) {
            final Fd accepted = SocketCalls.accept(socket);
            final long peer = UnixDiagnosis.of(FileCalls.status(accepted).inode())
                    .orElseThrow()
                    .peer()
                    .orElse(0);
            if (peer == (inode & 0xffff_ffffL)) {
                return accepted;
            }
            accepted.close();
        }
    }

    boolean is(final int otherType, final UnixName otherName) {
        return type == otherType && name.equals(otherName);
    }

    @Override
    public void close() {
        socket.close();
    }
}
