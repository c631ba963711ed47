package org.jdmtcp.plugin.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel tells of TCP sockets, with real ones. */
class TcpKernelTest {
    private static final int PART = 1 << 16;

    private final Fd listener = SocketCalls.socket(SocketCalls.AF_INET, SocketCalls.SOCK_STREAM, 0);
    private final Fd client =
            SocketCalls.socket(SocketCalls.AF_INET, SocketCalls.SOCK_STREAM | FileCalls.O_NONBLOCK, 0);

    @BeforeEach
    void connect() {
        final byte[] any = Endpoint.loopback(SocketCalls.AF_INET, 0).sockaddr(SocketCalls.AF_INET);
        Linux.check(SocketCalls.bind(listener, any), "bind");
        Linux.check(SocketCalls.listen(listener, 3), "listen");
        assertThat(SocketCalls.connect(client, SocketCalls.name(listener))).isIn(0L, (long) -Errno.EINPROGRESS);
    }

    @AfterEach
    void close() {
        client.close();
        listener.close();
    }

    private static int fill(final Fd socket) {
        int sum = 0;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment part = arena.allocate(PART);
            long taken = 0;
            while (taken >= 0) {
                part.fill((byte) (sum >> 8));
                taken = SocketCalls.send(socket, part, SocketMessage.MSG_DONTWAIT);
                sum += (int) Math.max(0, taken);
            }
        }
        return sum;
    }

    @Test
    void findsAConnectionThatNobodyHasAccepted() {
        final Endpoint here = Endpoint.of(SocketCalls.name(listener));
        final List<InetDiagnosis> found = InetDiagnosis.all(1 << TcpInfo.TCP_ESTABLISHED).stream()
                .filter(socket -> socket.local().equals(here))
                .toList();
        assertThat(TcpInfo.of(listener).waiting()).isEqualTo(1);
        assertThat(TcpInfo.of(listener).backlog()).isEqualTo(3);
        assertThat(found).singleElement().satisfies(socket -> {
            assertThat(socket.inode()).isZero();
            assertThat(socket.remote()).isEqualTo(Endpoint.of(SocketCalls.name(client)));
        });
    }

    @Test
    void looksAtAQueueWithoutTakingAnythingOut() {
        try (Fd server = SocketCalls.accept(listener);
                Arena arena = Arena.ofConfined()) {
            final MemorySegment word = arena.allocateFrom(ValueLayout.JAVA_INT, 0x12345678);
            SocketCalls.send(client, word, 0);
            for (int time = 0; time < 2; time++) {
                final MemorySegment seen = TcpQueue.received(server, arena);
                assertThat(seen.byteSize()).isEqualTo(Integer.BYTES);
                assertThat(seen.get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(0x12345678);
            }
            assertThat(TcpInfo.of(client).isAllWith(TcpInfo.of(server))).isTrue();
        }
    }

    @Test
    void givesAReceiverRoomForAllThatIsOnItsWay() {
        try (Fd server = SocketCalls.accept(listener)) {
            final int sum = fill(client);
            assertThat(TcpQueue.receivable(server)).isLessThan(sum);
            assertThat(TcpFlight.tryToGather(
                            server,
                            TcpQueue.unacknowledged(client),
                            () -> TcpInfo.of(client).isAllWith(TcpInfo.of(server))))
                    .isTrue();
            assertThat(TcpQueue.receivable(server)).isEqualTo(sum);
        }
    }

    @Test
    void showsInRepairModeWhatHasNotArrived() {
        try (Fd server = SocketCalls.accept(listener);
                Arena arena = Arena.ofConfined()) {
            final int sum = fill(client);
            final int arrived = TcpQueue.receivable(server);
            final Optional<TcpRepair> repair = TcpRepair.begin(client);
            repair.ifPresent(sending -> {
                assertThat(sending.sent(TcpQueue.unacknowledged(client), arena).byteSize())
                        .isGreaterThanOrEqualTo(sum - arrived);
                sending.close();
            });
            assertThat(TcpQueue.receivable(server)).isEqualTo(arrived);
        }
    }
}
