package org.jdmtcp.plugin.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * What the kernel tells of one UNIX socket beside the socket's own calls ({@code sock_diag(7)}, {@code linux/unix_diag.h}).
 *
 * @param listening whether it listens
 * @param peer inode of the peer; 0 where the peer is closed, or waits to be accepted; empty where it has none
 * @param file inode of the file that it was bound to
 * @param waiting inodes of the sockets whose connection was not accepted yet; 0 for one that has been closed meanwhile
 * @param backlog of a listening socket
 * @param queued bytes that can be received; of datagrams those of the first
 * @param shutdown 1: receives no more, 2: sends no more
 */
record UnixDiagnosis(
        boolean listening,
        OptionalLong peer,
        OptionalLong file,
        List<Long> waiting,
        int backlog,
        long queued,
        int shutdown) {
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final short SOCK_DIAG_BY_FAMILY = 20;
    private static final short NLMSG_ERROR = 2;
    private static final int NLMSGHDR_SIZE = 16;
    private static final int UNIX_DIAG_REQ_SIZE = 24;
    private static final int UNIX_DIAG_MSG_SIZE = 16;
    private static final int TCP_LISTEN = 10;
    private static final int ALL_STATES = -1;
    private static final int SHOW_VFS = 2;
    private static final int SHOW_PEER = 4;
    private static final int SHOW_ICONS = 8;
    private static final int SHOW_RQLEN = 0x10;
    private static final short UNIX_DIAG_VFS = 1;
    private static final short UNIX_DIAG_PEER = 2;
    private static final short UNIX_DIAG_ICONS = 3;
    private static final short UNIX_DIAG_RQLEN = 4;
    private static final short UNIX_DIAG_SHUTDOWN = 6;
    private static final int REPLY_SIZE = 16384;

    /** @return empty where no socket of this network namespace has the inode @throws LinuxException without unix_diag */
    static Optional<UnixDiagnosis> of(final long inode) {
        try (Arena arena = Arena.ofConfined();
                Fd netlink = SocketCalls.socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW, NETLINK_SOCK_DIAG)) {
            final MemorySegment request = arena.allocate(NLMSGHDR_SIZE + UNIX_DIAG_REQ_SIZE, 8);
            request.set(ValueLayout.JAVA_INT, 0, (int) request.byteSize());
            request.set(ValueLayout.JAVA_SHORT, 4, SOCK_DIAG_BY_FAMILY);
            request.set(ValueLayout.JAVA_SHORT, 6, (short) 1); // NLM_F_REQUEST
            request.set(ValueLayout.JAVA_BYTE, NLMSGHDR_SIZE, (byte) SocketCalls.AF_UNIX);
            request.set(ValueLayout.JAVA_INT, NLMSGHDR_SIZE + 4, ALL_STATES);
            request.set(ValueLayout.JAVA_INT, NLMSGHDR_SIZE + 8, (int) inode);
            request.set(ValueLayout.JAVA_INT, NLMSGHDR_SIZE + 12, SHOW_VFS | SHOW_PEER | SHOW_ICONS | SHOW_RQLEN);
            request.set(ValueLayout.JAVA_LONG, NLMSGHDR_SIZE + 16, -1L); // INET_DIAG_NOCOOKIE, twice
            Linux.check(
                    Linux.raw(SystemCall.SENDTO, netlink.number(), request.address(), request.byteSize(), 0, 0, 0),
                    "sock_diag request");
            final MemorySegment reply = arena.allocate(REPLY_SIZE, 8);
            final long size = Linux.check(
                    Linux.raw(SystemCall.RECVFROM, netlink.number(), reply.address(), REPLY_SIZE, 0, 0, 0),
                    "sock_diag reply");
            return parse(reply.asSlice(0, size));
        }
    }

    static Optional<UnixDiagnosis> parse(final MemorySegment reply) {
        if (reply.get(ValueLayout.JAVA_SHORT, 4) == NLMSG_ERROR) {
            final int errno = -reply.get(ValueLayout.JAVA_INT, NLMSGHDR_SIZE);
            if (errno == Errno.ENOENT) {
                return Optional.empty();
            }
            throw new LinuxException("sock_diag of a UNIX socket", errno);
        }
        OptionalLong peer = OptionalLong.empty();
        OptionalLong file = OptionalLong.empty();
        final List<Long> waiting = new ArrayList<>();
        int backlog = 0;
        long queued = 0;
        int shutdown = 0;
        for (long at = NLMSGHDR_SIZE + UNIX_DIAG_MSG_SIZE; at + 4 <= reply.byteSize(); ) {
            final int length = Short.toUnsignedInt(reply.get(ValueLayout.JAVA_SHORT, at));
            final MemorySegment value = reply.asSlice(at + 4, length - 4L);
            switch (reply.get(ValueLayout.JAVA_SHORT, at + 2)) {
                case UNIX_DIAG_PEER -> peer = OptionalLong.of(number(value, 0));
                case UNIX_DIAG_VFS -> file = OptionalLong.of(number(value, 0));
                case UNIX_DIAG_ICONS -> {
                    for (long i = 0; i < value.byteSize(); i += Integer.BYTES) {
                        waiting.add(number(value, i));
                    }
                }
                case UNIX_DIAG_RQLEN -> {
                    queued = number(value, 0);
                    backlog = (int) number(value, 4);
                }
                case UNIX_DIAG_SHUTDOWN -> shutdown = value.get(ValueLayout.JAVA_BYTE, 0);
                default -> {
                    // A newer kernel tells more.
                }
            }
            at += (length + 3) / 4 * 4;
        }
        final boolean listening = reply.get(ValueLayout.JAVA_BYTE, NLMSGHDR_SIZE + 2) == TCP_LISTEN;
        return Optional.of(new UnixDiagnosis(listening, peer, file, List.copyOf(waiting), backlog, queued, shutdown));
    }

    private static long number(final MemorySegment value, final long offset) {
        return Integer.toUnsignedLong(value.get(ValueLayout.JAVA_INT, offset));
    }
}
