package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage;

/** The queues of TCP sockets, looked at without taking anything out ({@code tcp(7)}). */
final class TcpQueue {
    private static final int SIOCINQ = 0x541b;
    private static final int SIOCOUTQ = 0x5411;

    private TcpQueue() {}

    /** Bytes that can be received. */
    static int receivable(final Fd socket) {
        return count(socket, SIOCINQ, "ioctl(SIOCINQ)");
    }

    /** Bytes that the peer has not acknowledged, sent or not; an end of the stream (FIN) counts as one. */
    static int unacknowledged(final Fd socket) {
        return count(socket, SIOCOUTQ, "ioctl(SIOCOUTQ)");
    }

    private static int count(final Fd socket, final int request, final String what) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment count = arena.allocate(Integer.BYTES, Integer.BYTES);
            Linux.check(FileCalls.ioctl(socket.number(), request, count.address()), what);
            return count.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** All that can be received. */
    static byte[] received(final Fd socket) {
        final int size = receivable(socket);
        return size == 0 ? new byte[0] : peek(socket, size);
    }

    /** Looks at {@code size} bytes from the beginning of the queue, wherever the program's own looking has got to. */
    static byte[] peek(final Fd socket, final int size) {
        final Optional<Integer> offset = SocketCalls.option(socket, SOL_SOCKET, SocketCalls.SO_PEEK_OFF, Integer.BYTES)
                .map(value -> MemorySegment.ofArray(value).get(ValueLayout.JAVA_INT_UNALIGNED, 0))
                .filter(at -> at >= 0);
        offset.ifPresent(at -> SocketCalls.setOption(socket, SOL_SOCKET, SocketCalls.SO_PEEK_OFF, -1));
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = MemoryCalls.allocate(arena, Math.max(1, size));
            final long seen = SocketCalls.receive(
                    socket, buffer.asSlice(0, size), SocketMessage.MSG_PEEK | SocketMessage.MSG_DONTWAIT);
            if (seen == -Errno.EAGAIN) {
                return new byte[0];
            }
            return buffer.asSlice(0, Linux.check(seen, "recv(MSG_PEEK)")).toArray(ValueLayout.JAVA_BYTE);
        } finally {
            offset.ifPresent(at -> SocketCalls.setOption(socket, SOL_SOCKET, SocketCalls.SO_PEEK_OFF, at));
        }
    }
}
