package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;
import static org.jdmtcp.spi.linux.SocketCalls.SO_PEEK_OFF;

import com.google.protobuf.ByteString;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage;

/**
 * The datagrams that wait in a UDP socket, looked at without taking them out: {@code SO_PEEK_OFF} goes on from one to the next,
 * and is put back to what the program had.
 */
final class UdpQueue {
    private static final int LARGEST = 1 << 16;

    private UdpQueue() {}

    static List<UdpSocketState.Datagram> look(final Fd socket) {
        final List<UdpSocketState.Datagram> datagrams = new ArrayList<>();
        final int before = SocketCalls.intOption(socket, SOL_SOCKET, SO_PEEK_OFF);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = MemoryCalls.allocate(arena, LARGEST);
            seek(socket, 0);
            Optional<SocketMessage> found = peek(socket, buffer);
            while (found.isPresent()) {
                datagrams.add(UdpSocketState.Datagram.newBuilder()
                        .setData(ByteString.copyFrom(found.get().data()))
                        .setFrom(ByteString.copyFrom(found.get().from()))
                        .build());
                found = peek(socket, buffer);
            }
        } finally {
            seek(socket, before);
        }
        return datagrams;
    }

    private static Optional<SocketMessage> peek(final Fd socket, final MemorySegment buffer) {
        return SocketMessage.receive(socket, buffer, SocketMessage.MSG_PEEK | SocketMessage.MSG_TRUNC);
    }

    private static void seek(final Fd socket, final int offset) {
        Linux.check(SocketCalls.setOption(socket, SOL_SOCKET, SO_PEEK_OFF, offset), "setsockopt(SO_PEEK_OFF)");
    }
}
