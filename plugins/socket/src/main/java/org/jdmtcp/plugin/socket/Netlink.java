package org.jdmtcp.plugin.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SocketCalls;

/** A conversation with the kernel ({@code netlink(7)}), one request at a time. */
final class Netlink implements AutoCloseable {
    static final int NLMSGHDR_SIZE = 16;
    private static final int BUFFER_SIZE = 1 << 18;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = MemoryCalls.allocate(arena, BUFFER_SIZE);
    private final Fd socket;
    private int size;

    /** @param socket of the family AF_NETLINK, owned by this */
    Netlink(final Fd socket) {
        this.socket = socket;
    }

    /** @param protocol {@code NETLINK_} constant */
    static Netlink open(final int protocol) {
        return new Netlink(SocketCalls.socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW, protocol));
    }

    /** Begins a request. @return room for what comes after the header, zeroed */
    ByteBuffer request(final short type, final short flags, final int bodySize) {
        size = NLMSGHDR_SIZE + bodySize;
        final MemorySegment request = buffer.asSlice(0, size);
        request.fill((byte) 0);
        final ByteBuffer bytes = request.asByteBuffer().order(ByteOrder.nativeOrder());
        bytes.putInt(0, size).putShort(4, type).putShort(6, flags);
        return bytes.slice(NLMSGHDR_SIZE, bodySize).order(ByteOrder.nativeOrder());
    }

    void send() {
        Linux.check(SocketCalls.send(socket, buffer.asSlice(0, size), 0), "netlink request");
    }

    /** One or more messages with their headers, valid until the next call. */
    ByteBuffer receive() {
        final long received = Linux.check(SocketCalls.receive(socket, buffer, 0), "netlink reply");
        return buffer.asSlice(0, received).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        socket.close();
        arena.close();
    }
}
