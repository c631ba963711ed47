package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_NONBLOCK;

import com.google.protobuf.Parser;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * An event counter ({@code eventfd(2)}). Count and semaphore mode are in fdinfo; where an older kernel does not tell the
 * mode it is found by a read and a write that put the count back: a semaphore gives 1 of at least 2, a counter gives all.
 * All processes of the computation are stopped then; an edge-triggered epoll watcher may be woken once too often, which
 * its contract allows.
 */
final class EventFd implements DescriptorKind<EventFdState> {
    private static final String TARGET = "anon_inode:[eventfd]";
    private static final String COUNT = "eventfd-count";
    private static final String SEMAPHORE = "eventfd-semaphore";
    private static final int EFD_SEMAPHORE = 1;
    private static final long OVERFLOWN = -1;

    @Override
    public String name() {
        return "eventfd";
    }

    @Override
    public Parser<EventFdState> parser() {
        return EventFdState.parser();
    }

    @Override
    public Optional<EventFdState> inspect(final DescriptorView descriptor) {
        if (!descriptor.target().equals(TARGET)) {
            return Optional.empty();
        }
        final long count = InfoLine.value(descriptor, COUNT)
                .map(hex -> Long.parseUnsignedLong(hex, 16))
                .orElseThrow(() -> new Refusal(descriptor.describe() + ": the kernel does not tell its count in fdinfo,"
                        + " so it cannot be kept; use a kernel with that line (all since 3.8)"));
        if (count == OVERFLOWN) {
            throw new Refusal(descriptor.describe() + " has overflown, a state that only the kernel can bring about;"
                    + " checkpoint when the program has read it");
        }
        final boolean semaphore = InfoLine.value(descriptor, SEMAPHORE)
                .map(flag -> !flag.equals("0"))
                .orElseGet(() -> probe(descriptor.open(), count));
        return Optional.of(EventFdState.newBuilder()
                .setCount(count)
                .setSemaphore(semaphore)
                .setFlags(descriptor.flags())
                .build());
    }

    /** Whether it is a semaphore; the count is the same before and after. Nothing here can block. */
    private static boolean probe(final Fd event, final long count) {
        final boolean tooFew = Long.compareUnsigned(count, 2) < 0;
        if (tooFew) {
            write(event, 2);
        }
        final long taken = read(event);
        final boolean semaphore = taken == 1;
        if (tooFew && semaphore) {
            read(event);
        } else if (tooFew) {
            write(event, count);
        } else {
            write(event, taken);
        }
        return semaphore;
    }

    private static long read(final Fd event) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = arena.allocate(8, 8);
            Linux.check(FileCalls.read(event, value), "read of an eventfd");
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static void write(final Fd event, final long value) {
        if (value == 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            Linux.check(
                    FileCalls.write(event, arena.allocateFrom(ValueLayout.JAVA_LONG, value)), "write to an eventfd");
        }
    }

    @Override
    public Fd restore(final EventFdState state, final RestoreContext context) {
        final int mode = state.getSemaphore() ? EFD_SEMAPHORE : 0;
        final Fd event = FileCalls.eventFd(0, mode | state.getFlags() & O_NONBLOCK);
        write(event, state.getCount());
        return event;
    }
}
