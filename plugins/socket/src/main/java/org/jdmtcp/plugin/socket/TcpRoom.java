package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SocketCalls;

/**
 * A TCP receive buffer with room for more than it had. SO_RCVLOWAT lets a buffer grow up to the limit of the kernel's own growing
 * ({@code net.ipv4.tcp_rmem}), which is more than SO_RCVBUF may set. Closing puts the program's options back.
 */
final class TcpRoom implements AutoCloseable {
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVLOWAT = 18;
    private static final int SOCK_RCVBUF_LOCK = 2;
    private static final int SLACK = 1 << 16;
    /** The kernel counts more than the data: up to as much again for itself. */
    private static final int WITH_OVERHEAD = 2;

    private final Fd socket;
    private final int atLeast;
    private final int size;
    private final int locks;

    private TcpRoom(final Fd socket) {
        this.socket = socket;
        atLeast = SocketCalls.intOption(socket, SOL_SOCKET, SO_RCVLOWAT);
        size = SocketCalls.intOption(socket, SOL_SOCKET, SO_RCVBUF);
        locks = SocketCalls.option(socket, SOL_SOCKET, SocketOptions.SO_BUF_LOCK, Integer.BYTES)
                .map(SocketOptions::number)
                .orElse(0);
    }

    /** @param bytes that are to fit beside what is there */
    static TcpRoom forMore(final Fd socket, final int bytes) {
        final TcpRoom room = new TcpRoom(socket);
        grow(socket, TcpQueue.receivable(socket) + bytes, room.locks);
        return room;
    }

    /** Lets a new socket's buffer grow for good. */
    static void grow(final Fd socket, final int bytes) {
        grow(socket, bytes, 0);
    }

    // A buffer that the program has given a size does not grow.
    private static void grow(final Fd socket, final int bytes, final int locks) {
        SocketCalls.setOption(socket, SOL_SOCKET, SocketOptions.SO_BUF_LOCK, locks & ~SOCK_RCVBUF_LOCK);
        SocketCalls.setOption(socket, SOL_SOCKET, SO_RCVLOWAT, bytes * WITH_OVERHEAD + SLACK);
    }

    @Override
    public void close() {
        SocketCalls.setOption(socket, SOL_SOCKET, SO_RCVLOWAT, atLeast);
        if ((locks & SOCK_RCVBUF_LOCK) != 0) {
            SocketCalls.setOption(socket, SOL_SOCKET, SO_RCVBUF, size / 2);
        }
    }
}
