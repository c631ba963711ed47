package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one {@code recvmsg(2)} returned.
 *
 * @param data the bytes
 * @param size bytes that the message has; more than there are in {@code data} where the buffer was too small
 * @param flags MSG_ bits
 * @param from address of the sender; empty where it has none
 * @param files descriptors that came along, owned by the receiver
 * @param sender who sent it, as this process sees ids, where the socket asks for that
 */
public record SocketMessage(
        byte[] data, long size, int flags, byte[] from, List<Fd> files, Optional<Credentials> sender) {
    public static final int MSG_PEEK = 2;
    /** Control data were lost, such as descriptors beyond this process's limit. */
    public static final int MSG_CTRUNC = 8;

    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /** {@code struct ucred}: pid, uid, gid ({@code linux/socket.h}). */
    public record Credentials(int pid, int uid, int gid) {
        public static final int SIZE = 12;

        /** Reads a {@code struct ucred}. */
        public static Credentials of(final byte[] ucred) {
            final ByteBuffer bytes = ByteBuffer.wrap(ucred).order(ByteOrder.nativeOrder());
            return new Credentials(bytes.getInt(), bytes.getInt(), bytes.getInt());
        }
    }

    private static final int SCM_CREDENTIALS = 2;
    /** {@code linux/socket.h}: a pidfd of the sender. */
    private static final int SCM_PIDFD = 4;

    /** An address where nothing is mapped: below vm.mmap_min_addr. */
    private static final long NOWHERE = 16;

    private static final int CONTROL_SIZE = 8192;
    private static final int ADDRESS_SIZE = 128;

    /**
     * Receives what is there.
     *
     * @param buffer for the data
     * @param flags MSG_ bits beside MSG_DONTWAIT
     * @return empty where nothing is there
     * @throws LinuxException such as ENOTCONN, or ECONNRESET that waited
     */
    public static Optional<SocketMessage> receive(final Fd socket, final MemorySegment buffer, final int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment header = arena.allocate(SocketCalls.MSGHDR_SIZE, 8);
            final MemorySegment iovec = arena.allocate(16, 8);
            final MemorySegment control = arena.allocate(CONTROL_SIZE, 8);
            final MemorySegment from = arena.allocate(ADDRESS_SIZE, 8);
            iovec.set(ValueLayout.JAVA_LONG, 0, buffer.address());
            iovec.set(ValueLayout.JAVA_LONG, 8, buffer.byteSize());
            SocketCalls.messageHeader(header, iovec.address(), control.address(), CONTROL_SIZE);
            header.set(ValueLayout.JAVA_LONG, 0, from.address());
            header.set(ValueLayout.JAVA_INT, 8, ADDRESS_SIZE);
            final long result = Linux.raw(
                    SystemCall.RECVMSG, socket.number(), header.address(), flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
            if (result == -Errno.EAGAIN) {
                return Optional.empty();
            }
            final long size = Linux.check(result, "recvmsg");
            return Optional.of(parse(
                    buffer.asSlice(0, Math.min(size, buffer.byteSize())).toArray(ValueLayout.JAVA_BYTE),
                    size,
                    header.get(ValueLayout.JAVA_INT, 48),
                    from.asSlice(0, header.get(ValueLayout.JAVA_INT, 8)).toArray(ValueLayout.JAVA_BYTE),
                    control.asSlice(0, header.get(ValueLayout.JAVA_LONG, 40))));
        }
    }

    /**
     * Where, in the bytes that a look at a stream of a UNIX socket returned, the last piece begins that was sent as one, which is
     * the one that descriptors came with. The kernel copies piece by piece, and gives up a piece of which it cannot copy the last
     * byte: so the last byte has an address that does not exist.
     *
     * @param size bytes that the look returned
     */
    public static int lastPiece(final Fd socket, final MemorySegment buffer, final int size) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment header = arena.allocate(SocketCalls.MSGHDR_SIZE, 8);
            final MemorySegment iovecs = arena.allocate(32, 8);
            iovecs.set(ValueLayout.JAVA_LONG, 0, buffer.address());
            iovecs.set(ValueLayout.JAVA_LONG, 8, size - 1L);
            iovecs.set(ValueLayout.JAVA_LONG, 16, NOWHERE);
            iovecs.set(ValueLayout.JAVA_LONG, 24, 1);
            header.set(ValueLayout.JAVA_LONG, 16, iovecs.address());
            header.set(ValueLayout.JAVA_LONG, 24, 2);
            final long result =
                    Linux.raw(SystemCall.RECVMSG, socket.number(), header.address(), MSG_PEEK | MSG_DONTWAIT);
            return result == -Errno.EFAULT ? 0 : (int) Linux.check(result, "recvmsg(MSG_PEEK)");
        }
    }

    private static SocketMessage parse(
            final byte[] data, final long size, final int flags, final byte[] from, final MemorySegment control) {
        final List<Fd> files = new ArrayList<>();
        Optional<Credentials> sender = Optional.empty();
        for (long at = 0; at + SocketCalls.CMSGHDR_SIZE <= control.byteSize(); ) {
            final long length = control.get(ValueLayout.JAVA_LONG, at);
            final int level = control.get(ValueLayout.JAVA_INT, at + 8);
            final int type = control.get(ValueLayout.JAVA_INT, at + 12);
            final MemorySegment body =
                    control.asSlice(at + SocketCalls.CMSGHDR_SIZE, length - SocketCalls.CMSGHDR_SIZE);
            if (level == SocketCalls.SOL_SOCKET && type == SocketCalls.SCM_RIGHTS) {
                for (long i = 0; i < body.byteSize(); i += Integer.BYTES) {
                    files.add(new Fd(body.get(ValueLayout.JAVA_INT, i)));
                }
            } else if (level == SocketCalls.SOL_SOCKET && type == SCM_CREDENTIALS) {
                sender = Optional.of(Credentials.of(body.toArray(ValueLayout.JAVA_BYTE)));
            } else if (level == SocketCalls.SOL_SOCKET && type == SCM_PIDFD) {
                new Fd(body.get(ValueLayout.JAVA_INT, 0)).close();
            }
            at += (length + 7) / 8 * 8;
        }
        return new SocketMessage(data, size, flags, from, List.copyOf(files), sender);
    }

    /**
     * The control data for a message.
     *
     * @param files numbers of descriptors in the sending process
     * @param sender ids of the sending process to be noted explicitly, or empty
     */
    public static byte[] control(final List<Integer> files, final Optional<Credentials> sender) {
        final ByteBuffer control = ByteBuffer.allocate(
                        (files.isEmpty() ? 0 : SocketCalls.controlSize(files.size())) + (sender.isEmpty() ? 0 : 32))
                .order(ByteOrder.nativeOrder());
        if (!files.isEmpty()) {
            control.putLong(SocketCalls.CMSGHDR_SIZE + files.size() * 4L)
                    .putInt(SocketCalls.SOL_SOCKET)
                    .putInt(SocketCalls.SCM_RIGHTS);
            files.forEach(control::putInt);
            control.position(SocketCalls.controlSize(files.size()));
        }
        sender.ifPresent(ids -> control.putLong(SocketCalls.CMSGHDR_SIZE + Credentials.SIZE)
                .putInt(SocketCalls.SOL_SOCKET)
                .putInt(SCM_CREDENTIALS)
                .putInt(ids.pid())
                .putInt(ids.uid())
                .putInt(ids.gid()));
        return control.array();
    }

    /** The bytes of a {@code struct msghdr} whose parts are at these addresses; an address of size 0 may be anything. */
    public static byte[] header(
            final long name, final int nameSize, final long iovec, final long control, final int controlSize) {
        return ByteBuffer.allocate(SocketCalls.MSGHDR_SIZE)
                .order(ByteOrder.nativeOrder())
                .putLong(nameSize == 0 ? 0 : name)
                .putLong(nameSize)
                .putLong(iovec)
                .putLong(1)
                .putLong(controlSize == 0 ? 0 : control)
                .putLong(controlSize)
                .array();
    }
}
