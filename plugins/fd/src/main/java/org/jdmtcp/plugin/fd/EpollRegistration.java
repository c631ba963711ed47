package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.EpollCalls.EPOLLET;
import static org.jdmtcp.spi.linux.EpollCalls.EPOLLEXCLUSIVE;
import static org.jdmtcp.spi.linux.EpollCalls.EPOLLIN;
import static org.jdmtcp.spi.linux.EpollCalls.EPOLLONESHOT;
import static org.jdmtcp.spi.linux.EpollCalls.EPOLLOUT;
import static org.jdmtcp.spi.linux.EpollCalls.EPOLLWAKEUP;
import static org.jdmtcp.spi.linux.EpollCalls.EPOLL_CTL_ADD;
import static org.jdmtcp.spi.linux.EpollCalls.EPOLL_CTL_MOD;
import static org.jdmtcp.spi.linux.EpollCalls.EVENT_SIZE;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdmtcp.spi.linux.EpollCalls;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView.Holder;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * Registers targets with an epoll instance, inside one process that has all of them.
 *
 * <p>A target that was registered under a number that is not its own now gets that number for a moment; whatever is
 * there is moved aside and comes back. An entry goes with its file, not with the number, so it outlives that.
 *
 * <p>An edge-triggered entry whose events were all fetched is added, and what that stirs up is fetched again. A one-shot entry that has fired cannot be asked for: it is added with events that the target most likely has, and
 * fetched, which disarms it. Where nothing was there to fetch it is then set to no events, which leaves EPOLLERR and
 * EPOLLHUP. This is done before any other entry exists, so that no other event can be fetched.
 */
final class EpollRegistration {
    /** Most entries at once. */
    static final int MOST = 256;

    private static final int PRIVATE_BITS = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE;
    private static final int F_GETFD = 1;

    private final Holder epoll;
    private final IntSupplier freeNumber;
    private final Consumer<String> warning;

    /**
     * @param epoll the process and the instance's number there
     * @param freeNumber numbers that the process does not use
     * @param warning for what does not stop the restart
     */
    EpollRegistration(final Holder epoll, final IntSupplier freeNumber, final Consumer<String> warning) {
        this.epoll = epoll;
        this.freeNumber = freeNumber;
        this.warning = warning;
    }

    /** Whether an entry has fired and waits to be armed again: the kernel has taken all bits but its private ones. */
    static boolean isDisarmed(final int events) {
        return (events & EPOLLONESHOT) != 0 && (events & ~PRIVATE_BITS) == 0;
    }

    /** Whether an entry is not to report that its target is ready now. */
    static boolean isSilent(final EpollState.Entry entry) {
        return entry.getFetched() || isDisarmed(entry.getEvents());
    }

    /**
     * Registers at most {@link #MOST} entries, first all silent ones.
     *
     * @throws LinuxException where the kernel refuses, or the process died
     */
    void register(final List<EpollState.Entry> entries, final boolean silent) {
        if (!silent) {
            control(entries, EPOLL_CTL_ADD, 0, false);
            return;
        }
        final Map<Boolean, List<EpollState.Entry>> byDisarmed =
                entries.stream().collect(Collectors.partitioningBy(entry -> isDisarmed(entry.getEvents())));
        control(byDisarmed.getOrDefault(false, List.of()), EPOLL_CTL_ADD, 0, true);
        final List<EpollState.Entry> notFetched =
                control(byDisarmed.getOrDefault(true, List.of()), EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT, true);
        control(notFetched, EPOLL_CTL_MOD, 0, true);
    }

    /**
     * Has the process execute {@code epoll_ctl(2)} for each entry.
     *
     * @param moreEvents bits in addition to the entry's
     * @param fetch whether to fetch an event after each
     * @return the entries that are registered and for which there was no event
     */
    private List<EpollState.Entry> control(
            final List<EpollState.Entry> entries, final int operation, final int moreEvents, final boolean fetch) {
        if (entries.isEmpty()) {
            return List.of();
        }
        final long[] inTheWay = whatIsInTheWay(entries);
        final RemoteBatch batch = epoll.process().batch();
        final long events = batch.put(events(entries, moreEvents));
        final long fetched = batch.room(EVENT_SIZE);
        final int[] controls = new int[entries.size()];
        final int[] waits = new int[entries.size()];
        for (int i = 0; i < controls.length; i++) {
            final int number = entries.get(i).getRegistered();
            final long event = events + (long) i * EVENT_SIZE;
            final int index = i;
            underItsNumber(batch, entries.get(i), inTheWay[i], instance -> {
                controls[index] = batch.add(SystemCall.EPOLL_CTL, instance, operation, number, event);
                if (fetch) {
                    waits[index] = batch.add(SystemCall.EPOLL_WAIT, instance, fetched, 1, 0);
                }
            });
        }
        batch.run();
        return IntStream.range(0, controls.length)
                .filter(i -> isDone(batch.result(controls[i]), entries.get(i)))
                .filter(i -> fetch && batch.result(waits[i]) == 0)
                .mapToObj(entries::get)
                .toList();
    }

    /** For each entry the descriptor flags of what has the number that it needs, or minus EBADF. */
    private long[] whatIsInTheWay(final List<EpollState.Entry> entries) {
        final RemoteBatch batch = epoll.process().batch();
        final int[] indexes = entries.stream()
                .mapToInt(entry -> batch.add(SystemCall.FCNTL, entry.getRegistered(), F_GETFD, 0))
                .toArray();
        batch.run();
        final long[] flags = new long[indexes.length];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = batch.result(indexes[i]);
        }
        return flags;
    }

    private static byte[] events(final List<EpollState.Entry> entries, final int moreEvents) {
        final byte[] bytes = new byte[entries.size() * EVENT_SIZE];
        final MemorySegment segment = MemorySegment.ofArray(bytes);
        for (int i = 0; i < entries.size(); i++) {
            final EpollState.Entry entry = entries.get(i);
            EpollCalls.putEvent(segment, i, entry.getEvents() | moreEvents, entry.getData());
        }
        return bytes;
    }

    /** Adds what makes the registered number the target's, then the calls (given the instance's number), then the way back. */
    private void underItsNumber(
            final RemoteBatch batch, final EpollState.Entry entry, final long inTheWay, final IntConsumer calls) {
        final int number = entry.getRegistered();
        if (number == entry.getTarget()) {
            calls.accept(epoll.number());
            return;
        }
        final boolean occupied = !Errno.isError(inTheWay);
        final int aside = occupied ? freeNumber.getAsInt() : number;
        if (occupied) {
            batch.must(SystemCall.DUP3, number, aside, FileCalls.O_CLOEXEC);
        }
        batch.must(SystemCall.DUP3, entry.getTarget(), number, FileCalls.O_CLOEXEC);
        // The number may be the epoll instance's own now: it is reached where it was put aside.
        calls.accept(number == epoll.number() ? aside : epoll.number());
        if (occupied) {
            batch.must(SystemCall.DUP3, aside, number, inTheWay == 0 ? 0 : FileCalls.O_CLOEXEC);
            batch.must(SystemCall.CLOSE, aside);
        } else {
            batch.must(SystemCall.CLOSE, number);
        }
    }

    private boolean isDone(final long result, final EpollState.Entry entry) {
        if (result == -Errno.EPERM) {
            warning.accept(
                    "fd " + entry.getTarget() + " of process " + entry.getPid() + " was watched with epoll and is a"
                            + " file that cannot be watched now, such as a standard stream that leads to a file: the program"
                            + " will get no events for it");
        } else if (Errno.isError(result)) {
            throw new LinuxException(
                    "epoll_ctl(fd " + entry.getRegistered() + ") in process " + entry.getPid(), (int) -result);
        }
        return !Errno.isError(result);
    }
}
