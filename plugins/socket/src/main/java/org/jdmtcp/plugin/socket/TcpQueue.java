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
import org.jdmtcp.spi.view.DescriptorView;

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

    /** All that can be received. @param arena that the bytes live in */
    static MemorySegment received(final Fd socket, final Arena arena) {
        return peek(socket, receivable(socket), arena);
    }

    /** All that can be received, kept in the image. */
    static Data kept(final DescriptorView descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            return Bulk.keep(descriptor, received(descriptor.open(), arena));
        }
    }

    /** Looks at {@code size} bytes from the beginning of the queue, wherever the program's own looking has got to. */
    static MemorySegment peek(final Fd socket, final int size, final Arena arena) {
        if (size == 0) {
            return MemorySegment.NULL;
        }
        final Optional<Integer> offset = SocketCalls.option(socket, SOL_SOCKET, SocketCalls.SO_PEEK_OFF, Integer.BYTES)
                .map(SocketOptions::number)
                .filter(at -> at >= 0);
        offset.ifPresent(at -> SocketCalls.setOption(socket, SOL_SOCKET, SocketCalls.SO_PEEK_OFF, -1));
        try {
            final MemorySegment buffer = MemoryCalls.allocate(arena, size);
            final long seen = SocketCalls.receive(socket, buffer, SocketMessage.MSG_PEEK | SocketMessage.MSG_DONTWAIT);
            return buffer.asSlice(0, seen == -Errno.EAGAIN ? 0 : Linux.check(seen, "recv(MSG_PEEK)"));
        } finally {
            offset.ifPresent(at -> SocketCalls.setOption(socket, SOL_SOCKET, SocketCalls.SO_PEEK_OFF, at));
        }
    }

    /** Has the kernel look whether there is room for more now, and tell the peer. */
    static void nudge(final Fd socket) {
        try (Arena arena = Arena.ofConfined()) {
            SocketCalls.receive(socket, arena.allocate(1), SocketMessage.MSG_PEEK | SocketMessage.MSG_DONTWAIT);
        }
    }
}
