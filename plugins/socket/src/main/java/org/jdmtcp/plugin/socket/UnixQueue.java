package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOCK_DGRAM;
import static org.jdmtcp.spi.linux.SocketCalls.SOCK_SEQPACKET;
import static org.jdmtcp.spi.linux.SocketCalls.SOCK_STREAM;
import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;
import static org.jdmtcp.spi.linux.SocketCalls.SO_PEEK_OFF;

import com.google.protobuf.ByteString;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage;
import org.jdmtcp.spi.linux.SocketMessage.Credentials;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * What waits in the queue of a UNIX socket, read without taking it out: {@code SO_PEEK_OFF} moves on with every look, and is put
 * back to what the program had.
 *
 * <p>The kernel marks an empty datagram that was looked at and passes it over at the next look. So one that waits through two
 * checkpoints is only seen at the head of the queue.
 */
final class UnixQueue {
    private static final int BUFFER_SIZE = 1 << 20;

    private final DescriptorView descriptor;
    private final Fd socket;
    private final int type;
    private final boolean ended;
    private final long queued;
    private final List<UnixSocketState.Packet> packets = new ArrayList<>();

    UnixQueue(final DescriptorView descriptor, final int type, final UnixDiagnosis diagnosis) {
        this.descriptor = descriptor;
        socket = descriptor.open();
        this.type = type;
        ended = (diagnosis.shutdown() & 1) != 0;
        queued = diagnosis.queued();
    }

    List<UnixSocketState.Packet> packets() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = MemoryCalls.allocate(arena, BUFFER_SIZE);
            final int offset = SocketCalls.intOption(socket, SOL_SOCKET, SO_PEEK_OFF);
            try {
                look(buffer, arena);
            } finally {
                seek(offset);
            }
        }
        return packets;
    }

    private void seek(final int offset) {
        Linux.check(SocketCalls.setOption(socket, SOL_SOCKET, SO_PEEK_OFF, offset), "setsockopt(SO_PEEK_OFF)");
    }

    private void look(final MemorySegment firstBuffer, final Arena arena) {
        MemorySegment buffer = firstBuffer;
        seek(0);
        int at = 0;
        while (isMore(at)) {
            final Optional<SocketMessage> found = peek(buffer);
            if (found.isEmpty()) {
                return;
            }
            final SocketMessage message = found.get();
            if (message.size() > buffer.byteSize()) {
                message.files().forEach(Fd::close);
                buffer = MemoryCalls.allocate(arena, message.size());
                seek(at);
            } else {
                add(message, at, buffer);
                at += (int) message.size();
            }
        }
    }

    // Looking at the end of a stream would take an error away that waits for the program, and the end of packets looks
    // like
    // an empty packet.
    private boolean isMore(final int at) {
        return at < queued || type == SOCK_DGRAM || type == SOCK_SEQPACKET && !ended;
    }

    private Optional<SocketMessage> peek(final MemorySegment buffer) {
        final Optional<SocketMessage> found = SocketMessage.receive(
                socket, buffer, SocketMessage.MSG_PEEK | (type == SOCK_STREAM ? 0 : SocketMessage.MSG_TRUNC));
        if (found.isPresent() && (found.get().flags() & SocketMessage.MSG_CTRUNC) != 0) {
            found.get().files().forEach(Fd::close);
            throw new Refusal(
                    descriptor.describe() + " has more descriptors on their way than the agent may open; raise"
                            + " the limit (ulimit -n) and try again");
        }
        return found;
    }

    // Descriptors come with the first byte of the piece that they were sent with; pieces before it may have come along.
    private void add(final SocketMessage message, final int at, final MemorySegment buffer) {
        int begin = 0;
        if (type == SOCK_STREAM && !message.files().isEmpty()) {
            seek(at);
            begin = SocketMessage.lastPiece(socket, buffer, message.data().length);
            seek(at + message.data().length);
            if (begin > 0) {
                packets.add(packet(message, 0, begin, at).build());
            }
        }
        final UnixSocketState.Packet.Builder packet = packet(message, begin, message.data().length, at);
        message.files().forEach(file -> packet.addFiles(descriptor.inFlight(file)));
        packets.add(packet.build());
    }

    private UnixSocketState.Packet.Builder packet(
            final SocketMessage message, final int from, final int to, final int at) {
        final UnixSocketState.Packet.Builder packet = UnixSocketState.Packet.newBuilder()
                .setData(ByteString.copyFrom(message.data(), from, to - from))
                .setFrom(ByteString.copyFrom(message.from()));
        message.sender()
                .ifPresent(sender -> packet.setSender(OwnIds.of(sender, descriptor, () -> {
                    seek(at);
                    final Optional<Credentials> seen = OwnIds.sender(descriptor);
                    seek(at + message.data().length);
                    return seen;
                })));
        return packet;
    }
}
