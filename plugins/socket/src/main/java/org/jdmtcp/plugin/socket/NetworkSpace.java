package org.jdmtcp.plugin.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/** Where sockets are made: in the agent's network, or in one of their own. */
interface NetworkSpace {
    /** A new socket that does not wait, owned by the caller. */
    Fd socket(int family, int type);

    /** The network that the agent, and with it the programs, live in. */
    static NetworkSpace here() {
        return (family, type) -> SocketCalls.socket(family, type | FileCalls.O_NONBLOCK, 0);
    }

    /**
     * A network that consists of what is made in it: every address is its own, every port is free, and the agent may do with it
     * as it likes. The processes of the programs stay where they are; a socket belongs to the network it was made in.
     */
    static NetworkSpace apart(final RestoreContext context) {
        final Maker maker = context.networkMaker();
        final NetworkSpace space = (family, type) -> {
            final RemoteBatch batch = maker.batch();
            final int call =
                    batch.must(SystemCall.SOCKET, family, type | FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK, 0);
            return maker.take((int) batch.run().result(call));
        };
        Loopback.raise(space);
        return space;
    }

    /** The loopback interface of a new network ({@code netdevice(7)}, {@code rtnetlink(7)}). */
    final class Loopback {
        private static final long SIOCSIFFLAGS = 0x8914;
        /** {@code struct ifreq} ({@code linux/if.h}): ifr_name at 0, ifr_flags at 16. */
        private static final int IFREQ_SIZE = 40;

        private static final int IFR_FLAGS = 16;
        private static final short IFF_UP = 1;
        private static final int LOOPBACK_INDEX = 1;
        private static final short RTM_NEWROUTE = 24;
        /** NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL. */
        private static final short NEW = 0x605;

        /** {@code struct rtmsg} ({@code linux/rtnetlink.h}), and an attribute RTA_OIF. */
        private static final int ROUTE_SIZE = 12 + 8;

        private static final byte RT_TABLE_LOCAL = (byte) 255;
        private static final byte RTPROT_BOOT = 3;
        private static final byte RT_SCOPE_HOST = (byte) 254;
        private static final byte RTN_LOCAL = 2;
        private static final short RTA_OIF = 4;

        private Loopback() {}

        private static void raise(final NetworkSpace space) {
            try (Arena arena = Arena.ofConfined();
                    Fd socket = space.socket(SocketCalls.AF_INET, SocketCalls.SOCK_DGRAM)) {
                final MemorySegment request = arena.allocate(IFREQ_SIZE, 8);
                request.setString(0, "lo");
                request.set(ValueLayout.JAVA_SHORT, IFR_FLAGS, IFF_UP);
                Linux.check(FileCalls.ioctl(socket.number(), SIOCSIFFLAGS, request.address()), "ioctl(SIOCSIFFLAGS)");
            }
            takeAll(space, SocketCalls.AF_INET);
            takeAll(space, SocketCalls.AF_INET6);
        }

        // One route makes every address local.
        private static void takeAll(final NetworkSpace space, final int family) {
            try (Netlink netlink = new Netlink(space.socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW))) {
                final ByteBuffer route = netlink.request(RTM_NEWROUTE, NEW, ROUTE_SIZE);
                route.put((byte) family).put((byte) 0).put((byte) 0).put((byte) 0);
                route.put(RT_TABLE_LOCAL).put(RTPROT_BOOT).put(RT_SCOPE_HOST).put(RTN_LOCAL);
                route.putInt(0);
                route.putShort((short) 8).putShort(RTA_OIF).putInt(LOOPBACK_INDEX);
                netlink.send();
                final int error = netlink.receive().getInt(Netlink.NLMSGHDR_SIZE);
                // A kernel without IPv6 has no such sockets either.
                if (error != 0 && family != SocketCalls.AF_INET6) {
                    Linux.check(error, "a route for all addresses");
                }
            }
        }
    }
}
