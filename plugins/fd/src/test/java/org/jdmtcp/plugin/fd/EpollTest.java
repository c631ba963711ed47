package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jdmtcp.spi.linux.EpollCalls.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.junit.jupiter.api.Test;

/** Epoll instances: their entries are found and made again, in this process, by the real kernel. */
final class EpollTest {
    private static final int FREE = 900;
    private static final int REGISTERED = 800;

    private final TestComputation computation = new TestComputation();
    private final Epoll kind = new Epoll();

    private static void add(final Fd epoll, final int number, final int events, final long data) {
        control(epoll, EPOLL_CTL_ADD, number, events, data);
    }

    private static void control(final Fd epoll, final int op, final int number, final int events, final long data) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment event = arena.allocate(EVENT_SIZE, 8);
            putEvent(event, 0, events, data);
            Linux.call(SystemCall.EPOLL_CTL, epoll.number(), op, number, event.address(), 0, 0);
        }
    }

    /** Events that are there now, by their data. */
    private static Map<Long, Integer> fetch(final Fd epoll) {
        final Map<Long, Integer> events = new TreeMap<>();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment room = arena.allocate(16 * EVENT_SIZE, 8);
            final long n = Linux.call(SystemCall.EPOLL_WAIT, epoll.number(), room.address(), 16, 0, 0, 0);
            for (int i = 0; i < n; i++) {
                events.put(
                        room.get(ValueLayout.JAVA_LONG_UNALIGNED, i * EVENT_SIZE + 4L),
                        room.get(ValueLayout.JAVA_INT_UNALIGNED, (long) i * EVENT_SIZE));
            }
        }
        return events;
    }

    private Fd restart(final Fd epoll) {
        final EpollState state = kind.inspect(computation.view(epoll)).orElseThrow();
        final Fd again = kind.restore(state, computation);
        kind.attach(state, computation.restored(again, FREE));
        assertThat(EpollEntry.parse(computation.view(again).info()))
                .containsExactlyInAnyOrderElementsOf(
                        EpollEntry.parse(computation.view(epoll).info()));
        return again;
    }

    private static void moveTo(final int from, final int to) {
        Linux.call(SystemCall.DUP3, from, to, FileCalls.O_CLOEXEC);
    }

    @Test
    void entriesComeBackWithEventsAndData() {
        final Fd[] pipe = FileCalls.pipe(FileCalls.O_NONBLOCK);
        try (Fd epoll = FileCalls.epoll();
                Fd event = FileCalls.eventFd(0, 0)) {
            add(epoll, pipe[0].number(), EPOLLIN | EPOLLET, 0x1122334455667788L);
            add(epoll, pipe[1].number(), EPOLLOUT | EPOLLONESHOT, -1);
            add(epoll, event.number(), EPOLLIN | EPOLLEXCLUSIVE, 3);
            try (Fd again = restart(epoll)) {
                assertThat(fetch(again)).containsExactly(Map.entry(-1L, EPOLLOUT));
                assertThat(fetch(again)).isEmpty();
                TestComputation.write(pipe[1], "x");
                assertThat(fetch(again)).containsExactly(Map.entry(0x1122334455667788L, EPOLLIN));
                assertThat(fetch(again)).isEmpty();
            }
        }
    }

    @Test
    void aTargetUnderAnotherNumberIsRegisteredUnderItsOldOne() {
        try (Fd epoll = FileCalls.epoll();
                Fd target = FileCalls.eventFd(1, 0);
                Fd other = FileCalls.eventFd(1, 0)) {
            moveTo(target.number(), REGISTERED);
            add(epoll, REGISTERED, EPOLLIN, 1);
            moveTo(other.number(), REGISTERED);
            add(epoll, REGISTERED, EPOLLIN, 2);
            Linux.call(SystemCall.CLOSE, REGISTERED);
            add(epoll, target.number(), EPOLLIN, 3);
            try (Fd again = restart(epoll)) {
                assertThat(fetch(again)).containsOnlyKeys(1L, 2L, 3L);
                assertThat(FileCalls.readLink("/proc/self/fd/" + REGISTERED)).isEmpty();
            }
        }
    }

    @Test
    void whatHasTheOldNumberNowIsPutBack() {
        try (Fd epoll = FileCalls.epoll();
                Fd target = FileCalls.eventFd(1, 0);
                Fd occupant = FileCalls.open("/dev/null", FileCalls.O_RDONLY)) {
            moveTo(target.number(), REGISTERED);
            add(epoll, REGISTERED, EPOLLIN, 1);
            Linux.call(SystemCall.DUP3, occupant.number(), REGISTERED, 0);
            try (Fd again = restart(epoll)) {
                assertThat(fetch(again)).containsOnlyKeys(1L);
                assertThat(FileCalls.readLink("/proc/self/fd/" + REGISTERED)).contains("/dev/null");
                assertThat(FileCalls.fcntl(REGISTERED, 1, 0)).isZero();
                assertThat(FileCalls.readLink("/proc/self/fd/" + FREE)).isEmpty();
            } finally {
                Linux.raw(SystemCall.CLOSE, REGISTERED);
            }
        }
    }

    @Test
    void aOneShotEntryThatHasFiredStaysSilent() {
        final Fd[] pipe = FileCalls.pipe(FileCalls.O_NONBLOCK);
        try (Fd epoll = FileCalls.epoll();
                Fd ready = FileCalls.eventFd(1, 0)) {
            add(epoll, ready.number(), EPOLLIN | EPOLLONESHOT, 1);
            fetch(epoll);
            add(epoll, pipe[0].number(), EPOLLIN, 2);
            TestComputation.write(pipe[1], "x");
            try (Fd again = restart(epoll)) {
                assertThat(fetch(again)).containsOnlyKeys(2L);
                control(again, EPOLL_CTL_MOD, ready.number(), EPOLLIN | EPOLLONESHOT, 4);
                assertThat(fetch(again)).containsOnlyKeys(2L, 4L);
            }
        }
    }

    @Test
    void aFiredEntryThatIsNotReadyNowDoesNotFireForData() {
        final Fd[] pipe = FileCalls.pipe(FileCalls.O_NONBLOCK);
        TestComputation.write(pipe[1], "x");
        try (Fd epoll = FileCalls.epoll()) {
            add(epoll, pipe[0].number(), EPOLLIN | EPOLLONESHOT, 1);
            fetch(epoll);
            TestComputation.read(pipe[0], 1);
            final EpollState state = kind.inspect(computation.view(epoll)).orElseThrow();
            try (Fd again = kind.restore(state, computation)) {
                kind.attach(state, computation.restored(again, FREE));
                TestComputation.write(pipe[1], "y");
                assertThat(fetch(again)).isEmpty();
            }
        }
    }

    @Test
    void nestedInstancesWakeTheOuterOne() {
        try (Fd inner = FileCalls.epoll();
                Fd outer = FileCalls.epoll();
                Fd event = FileCalls.eventFd(1, 0)) {
            add(inner, event.number(), EPOLLIN, 1);
            add(outer, inner.number(), EPOLLIN | EPOLLET, 2);
            try (Fd again = restart(outer)) {
                assertThat(fetch(again)).containsOnlyKeys(2L);
            }
        }
    }

    @Test
    void aTargetThatNobodyHasIsRefused() {
        final Fd[] sockets = SocketCalls.pair();
        try (Fd epoll = FileCalls.epoll();
                Fd event = FileCalls.eventFd(1, 0)) {
            final int number = event.number();
            add(epoll, number, EPOLLIN, 1);
            // On its way through a socket it is open without being anybody's descriptor.
            SocketCalls.sendDescriptors(sockets[0], List.of(event));
            event.close();
            assertThatThrownBy(() -> kind.inspect(computation.view(epoll)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("registered as fd " + number);
        }
    }

    @Test
    void aTargetThatCannotBeWatchedNowWarns() {
        try (Fd plain = FileCalls.open("/dev/null", FileCalls.O_RDONLY);
                Fd again = kind.restore(EpollState.getDefaultInstance(), computation)) {
            final EpollState state = EpollState.newBuilder()
                    .addEntries(EpollState.Entry.newBuilder()
                            .setRegistered(plain.number())
                            .setTarget(plain.number())
                            .setPid(computation.ownPid())
                            .setEvents(EPOLLIN))
                    .build();
            kind.attach(state, computation.restored(again, FREE));
            assertThat(computation.warnings).singleElement().asString().contains("no events");
            final EpollState foreign = EpollState.newBuilder()
                    .addEntries(EpollState.Entry.newBuilder().setPid(1))
                    .build();
            assertThatThrownBy(() -> kind.attach(foreign, computation.restored(again, FREE)))
                    .isInstanceOf(Refusal.class);
        }
    }
}
