package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Sockets: only what handing descriptors to another process takes ({@code unix(7)}, {@code cmsg(3)}). */
public final class SocketCalls {
    public static final int AF_UNIX = 1;
    public static final int SOCK_SEQPACKET = 5;
    /** Most descriptors that one message may carry: the kernel's SCM_MAX_FD. */
    public static final int SCM_MAX_FD = 253;

    public static final int MSGHDR_SIZE = 56;
    public static final int CMSGHDR_SIZE = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

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
}
