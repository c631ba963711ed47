package org.jdmtcp.plugin.socket;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SocketCalls;

/**
 * Makes connections again of which both ends are ours. Who may repair sockets has them where they were. Others have them in a
 * network apart, whose sockets anybody's processes may use: there nobody is in the way, not even what is left of the programs that
 * were killed, and no other address is missing either.
 */
final class TcpConnections {
    private static final int SO_ERROR = 4;
    private static final int NO_ONES_PORT = 1;
    private static final int LAST_PORT = 0xffff;
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private final RestoreContext context;
    private final TcpBinder binder;
    private final NetworkSpace here = NetworkSpace.here();
    private final Random random = ThreadLocalRandom.current();
    private Optional<NetworkSpace> apart = Optional.empty();
    private boolean mayRepair = true;

    TcpConnections(final RestoreContext context, final TcpBinder binder) {
        this.context = context;
        this.binder = binder;
    }

    private NetworkSpace apart() {
        final NetworkSpace space = apart.orElseGet(() -> NetworkSpace.apart(context));
        apart = Optional.of(space);
        return space;
    }

    /** @return both ends, in the order of the arguments, with what was in their queues and on its way */
    Fd[] connect(final TcpSocketState one, final TcpSocketState other) {
        if (one.getIncomplete() || other.getIncomplete()) {
            throw new Refusal("the images hold a connection between " + one.getOwner() + " and " + other.getOwner()
                    + " on which more was on its way at the checkpoint than could be looked at; restart from another"
                    + " checkpoint, and launch both from one dmtcp_launch");
        }
        if (mayRepair) {
            try {
                return connect(here, false, one, other);
            } catch (final LinuxException e) {
                mayRepair = e.errno() != Errno.EPERM;
            }
        }
        return connect(apart(), true, one, other);
    }

    private Fd[] connect(
            final NetworkSpace space, final boolean isApart, final TcpSocketState one, final TcpSocketState other) {
        try (TcpEnd first = TcpEnd.open(space, binder, one, isApart);
                TcpEnd second = TcpEnd.open(space, binder, other, isApart)) {
            final int firstNext = random.nextInt();
            final int secondNext = random.nextInt();
            first.connect(firstNext, secondNext);
            second.connect(secondNext, firstNext);
            first.repair().setWindow(second.window(), first.window());
            second.repair().setWindow(first.window(), second.window());
            final Fd[] ends = {first.finish(), second.finish()};
            send(ends[0], second, one);
            send(ends[1], first, other);
            return ends;
        }
    }

    private void send(final Fd from, final TcpEnd to, final TcpSocketState sender) {
        if (to.toBeSentByPeer().byteSize() > 0) {
            TcpEnd.send(from, to.toBeSentByPeer(), sender.getOwner());
        }
        if (sender.getUnreceived().getSize() > 0) {
            try (Arena arena = Arena.ofConfined()) {
                TcpEnd.send(from, Bulk.load(sender.getUnreceived(), context, arena), sender.getOwner());
            }
        }
    }

    /** An end whose peer has closed it, with what it had sent before. */
    Fd left(final TcpSocketState end) {
        final TcpSocketState ghost = TcpSocketState.newBuilder()
                .setFamily(end.getFamily())
                .setName(end.getPeerName())
                .setPeerName(end.getName())
                .setOwner(end.getOwner())
                .setAgreement(end.getAgreement())
                .build();
        final Fd[] ends = connect(end.toBuilder().clearUnreceived().build(), ghost);
        ends[1].close();
        return ends[0];
    }

    /** An end of a connection that is over, perhaps by a reset that is to be told. Nobody is there who could answer. */
    Fd over(final TcpSocketState end) {
        final Endpoint name = Endpoint.of(end.getName().toByteArray());
        final Endpoint nobody = new Endpoint(name.address(), name.port() == NO_ONES_PORT ? LAST_PORT : NO_ONES_PORT);
        final TcpSocketState state = end.toBuilder()
                .setPeerName(com.google.protobuf.ByteString.copyFrom(nobody.sockaddr(end.getFamily())))
                .setAgreement(TcpSocketState.Agreement.newBuilder().setMss(1 << 15))
                .build();
        try (TcpEnd made = TcpEnd.open(apart(), binder, state, true)) {
            final int next = random.nextInt();
            made.connect(next, next);
            made.repair().setWindow(1, 1);
            final Fd socket = made.finish();
            Linux.check(SocketCalls.shutdown(socket, 1), "shutdown");
            awaitEnd(socket);
            if (!end.getError()) {
                SocketCalls.intOption(socket, SocketCalls.SOL_SOCKET, SO_ERROR);
            }
            return socket;
        }
    }

    /** A socket whose attempt to connect was refused, which is to be told. */
    Fd refused(final TcpSocketState state) {
        final Fd socket = apart().socket(state.getFamily(), SocketCalls.SOCK_STREAM);
        final Endpoint name = Endpoint.of(state.getName().toByteArray());
        SocketCalls.setOption(socket, InetOptions.IPPROTO_IP, InetOptions.IP_FREEBIND, 1);
        SocketCalls.setOption(socket, InetOptions.IPPROTO_IPV6, InetOptions.IPV6_FREEBIND, 1);
        Linux.check(SocketCalls.bind(socket, state.getName().toByteArray()), "bind");
        final Endpoint nobody = new Endpoint(name.address(), name.port() == NO_ONES_PORT ? LAST_PORT : NO_ONES_PORT);
        final long result = SocketCalls.connect(socket, nobody.sockaddr(state.getFamily()));
        if (result != -Errno.EINPROGRESS) {
            Linux.check(result, "connect");
        }
        awaitEnd(socket);
        return socket;
    }

    private static void awaitEnd(final Fd socket) {
        final long deadline = System.nanoTime() + AT_ONCE.toNanos();
        while (TcpInfo.of(socket).state() != TcpInfo.TCP_CLOSE) {
            if (System.nanoTime() > deadline) {
                throw new Refusal("a connection that had ended cannot be ended again: the kernel keeps it");
            }
            Thread.onSpinWait();
        }
    }
}
