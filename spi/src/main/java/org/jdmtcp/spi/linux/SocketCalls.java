package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/**
 * Sockets of this process ({@code socket(7)}, {@code unix(7)}, {@code cmsg(3)}). Addresses are the bytes of a
 * {@code struct sockaddr}, family first. Safe on any thread.
 */
public final class SocketCalls {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_SEQPACKET = 5;
    public static final int SOL_SOCKET = 1;
    /** {@code asm-generic/socket.h}; also what tells a socket's kind. */
    public static final int SO_TYPE = 3;

    public static final int SO_SNDBUF = 7;
    public static final int SO_PEERCRED = 17;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_RCVBUFFORCE = 33;
    public static final int SO_DOMAIN = 39;
    public static final int SO_PEEK_OFF = 42;

    /** Most descriptors that one message may carry: the kernel's SCM_MAX_FD. */
    public static final int SCM_MAX_FD = 253;

    public static final int MSGHDR_SIZE = 56;
    public static final int CMSGHDR_SIZE = 16;
    static final int SCM_RIGHTS = 1;
    private static final int MAX_ADDRESS = 128;

    private SocketCalls() {}

    /** A connected pair of UNIX seqpacket sockets. @throws LinuxException EMFILE */
    public static Fd[] pair() {
        return FileCalls.pair(arena -> {
            final MemorySegment two = arena.allocate(8, 4);
            Linux.call(SystemCall.SOCKETPAIR, AF_UNIX, SOCK_SEQPACKET | FileCalls.O_CLOEXEC, 0, two.address(), 0, 0);
            return two;
        });
    }

    /** Bytes of control data that {@code count} descriptors take: CMSG_SPACE. */
    public static int controlSize(final int count) {
        return CMSGHDR_SIZE + (count * 4 + 7) / 8 * 8;
    }

    /** Lays a {@code struct msghdr} out for one data byte and a control buffer. All are addresses of who will use it. */
    public static void messageHeader(
            final MemorySegment header, final long iovec, final long control, final int controlSize) {
        header.fill((byte) 0);
        header.set(ValueLayout.JAVA_LONG, 16, iovec);
        header.set(ValueLayout.JAVA_LONG, 24, 1);
        header.set(ValueLayout.JAVA_LONG, 32, control);
        header.set(ValueLayout.JAVA_LONG, 40, controlSize);
    }

    /**
     * Sends descriptors (at most {@link #SCM_MAX_FD}) with one byte of data; they stay open here too.
     *
     * @throws LinuxException ETOOMANYREFS where too many are in flight, EPIPE where the receiver is gone
     */
    public static void sendDescriptors(final Fd socket, final List<Fd> descriptors) {
        try (Arena arena = Arena.ofConfined()) {
            final int size = controlSize(descriptors.size());
            final MemorySegment all = arena.allocate(MSGHDR_SIZE + 16L + 8 + size, 8);
            final long base = all.address();
            messageHeader(all.asSlice(0, MSGHDR_SIZE), base + MSGHDR_SIZE, base + MSGHDR_SIZE + 24, size);
            all.set(ValueLayout.JAVA_LONG, MSGHDR_SIZE, base + MSGHDR_SIZE + 16);
            all.set(ValueLayout.JAVA_LONG, MSGHDR_SIZE + 8, 1);
            final MemorySegment control = all.asSlice(MSGHDR_SIZE + 24);
            control.set(ValueLayout.JAVA_LONG, 0, CMSGHDR_SIZE + descriptors.size() * 4L);
            control.set(ValueLayout.JAVA_INT, 8, SOL_SOCKET);
            control.set(ValueLayout.JAVA_INT, 12, SCM_RIGHTS);
            for (int i = 0; i < descriptors.size(); i++) {
                control.set(
                        ValueLayout.JAVA_INT,
                        CMSGHDR_SIZE + i * 4L,
                        descriptors.get(i).number());
            }
            Linux.check(
                    Linux.raw(SystemCall.SENDMSG, socket.number(), base, 0),
                    "sendmsg of " + descriptors.size() + " descriptors");
        }
    }

    /** {@code socket(7)}, for the backlog of a listening socket. Raw result. */
    public static long listen(final Fd socket, final int backlog) {
        return Linux.raw(SystemCall.LISTEN, socket.number(), backlog);
    }

    /** Raw result of {@code send(2)}: bytes taken, which may be fewer than there are. */
    public static long send(final Fd socket, final MemorySegment data, final int flags) {
        return Linux.raw(SystemCall.SENDTO, socket.number(), data.address(), data.byteSize(), flags, 0, 0);
    }

    /** Raw result of {@code sendto(2)}, without waiting. */
    public static long sendTo(final Fd socket, final MemorySegment data, final byte[] address) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment to = arena.allocate(address.length, 8).copyFrom(MemorySegment.ofArray(address));
            return Linux.raw(
                    SystemCall.SENDTO,
                    socket.number(),
                    data.address(),
                    data.byteSize(),
                    SocketMessage.MSG_DONTWAIT | SocketMessage.MSG_NOSIGNAL,
                    to.address(),
                    address.length);
        }
    }

    /** Raw result of {@code recv(2)}: bytes received. */
    public static long receive(final Fd socket, final MemorySegment into, final int flags) {
        return Linux.raw(SystemCall.RECVFROM, socket.number(), into.address(), into.byteSize(), flags, 0, 0);
    }

    /** A new socket, close-on-exec. @throws LinuxException EAFNOSUPPORT, EPROTONOSUPPORT, EMFILE, EPERM */
    public static Fd socket(final int domain, final int type, final int protocol) {
        return new Fd((int) Linux.call(SystemCall.SOCKET, domain, type | FileCalls.O_CLOEXEC, protocol));
    }

    /** Raw result of {@code bind(2)}. */
    public static long bind(final Fd socket, final byte[] address) {
        return withAddress(SystemCall.BIND, socket, address);
    }

    /** Raw result of {@code connect(2)}. */
    public static long connect(final Fd socket, final byte[] address) {
        return withAddress(SystemCall.CONNECT, socket, address);
    }

    private static long withAddress(final SystemCall call, final Fd socket, final byte[] address) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment bytes = arena.allocate(address.length, 8).copyFrom(MemorySegment.ofArray(address));
            return Linux.raw(call, socket.number(), bytes.address(), address.length);
        }
    }

    /** Takes the first connection that waits. @throws LinuxException EAGAIN where the listener does not block */
    public static Fd accept(final Fd listener) {
        return new Fd((int) Linux.call(SystemCall.ACCEPT4, listener.number(), 0, 0, FileCalls.O_CLOEXEC, 0, 0));
    }

    /** Raw result of {@code shutdown(2)}: 0 receives no more, 1 sends no more, 2 neither. */
    public static long shutdown(final Fd socket, final int how) {
        return Linux.raw(SystemCall.SHUTDOWN, socket.number(), how);
    }

    /** The address that a socket is bound to; the family alone where it has none. */
    public static byte[] name(final Fd socket) {
        return address(SystemCall.GETSOCKNAME, socket).orElseThrow();
    }

    /** The address of a socket's peer; empty where it is not connected. */
    public static Optional<byte[]> peerName(final Fd socket) {
        return address(SystemCall.GETPEERNAME, socket);
    }

    private static Optional<byte[]> address(final SystemCall call, final Fd socket) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = arena.allocate(MAX_ADDRESS, 8);
            final MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, MAX_ADDRESS);
            final long result = Linux.raw(call, socket.number(), address.address(), size.address());
            if (result == -Errno.ENOTCONN) {
                return Optional.empty();
            }
            Linux.check(result, call.kernelName());
            return Optional.of(
                    address.asSlice(0, size.get(ValueLayout.JAVA_INT, 0)).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /**
     * The value of an option; empty where this kernel or this socket does not know it.
     *
     * @param size most bytes of the value
     */
    public static Optional<byte[]> option(final Fd socket, final int level, final int name, final int size) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(Math.max(1, size), 8);
            final MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, size);
            final long result = Linux.raw(
                    SystemCall.GETSOCKOPT, socket.number(), level, name, value.address(), length.address(), 0);
            return Errno.isError(result)
                    ? Optional.empty()
                    : Optional.of(value.asSlice(0, Math.min(value.byteSize(), length.get(ValueLayout.JAVA_INT, 0)))
                            .toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /**
     * Raw result of {@code getsockopt(2)} where the value says what is asked for.
     *
     * @param value question and answer
     */
    public static long askOption(final Fd socket, final int level, final int name, final byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment bytes = arena.allocate(value.length, 8).copyFrom(MemorySegment.ofArray(value));
            final MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, value.length);
            final long result = Linux.raw(
                    SystemCall.GETSOCKOPT, socket.number(), level, name, bytes.address(), length.address(), 0);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, value, 0, value.length);
            return result;
        }
    }

    /** An option whose value is a number. @throws LinuxException ENOPROTOOPT */
    public static int intOption(final Fd socket, final int level, final int name) {
        final byte[] value = option(socket, level, name, Integer.BYTES)
                .orElseThrow(() -> new LinuxException("getsockopt(" + level + ", " + name + ")", Errno.ENOPROTOOPT));
        return MemorySegment.ofArray(value).get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    /** Raw result of {@code setsockopt(2)}. */
    public static long setOption(final Fd socket, final int level, final int name, final byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment bytes = arena.allocate(Math.max(1, value.length), 8);
            MemorySegment.copy(value, 0, bytes, ValueLayout.JAVA_BYTE, 0, value.length);
            return Linux.raw(SystemCall.SETSOCKOPT, socket.number(), level, name, bytes.address(), value.length, 0);
        }
    }

    /** Sets an option whose value is a number; raw result. */
    public static long setOption(final Fd socket, final int level, final int name, final int value) {
        final byte[] bytes = new byte[Integer.BYTES];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_INT_UNALIGNED, 0, value);
        return setOption(socket, level, name, bytes);
    }
}
