package org.jdmtcp.core.freeze;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jdmtcp.core.procfs.Sched;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * The scheduler's clocks, one for each processor, which differ from each other and from every clock that a program can ask. So
 * the calling thread goes to a processor, sleeps for a moment, and looks when the scheduler says that it woke up. Used by one
 * thread; closing it lets that thread run where it ran before.
 */
final class ProcessorClock implements AutoCloseable {
    private static final int MASK_SIZE = 1024;
    private static final long MOMENT_NANOS = 1000;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment before = arena.allocate(MASK_SIZE, 8);
    private final MemorySegment one = arena.allocate(MASK_SIZE, 8);
    private final long size;
    private final Map<Integer, Optional<Long>> offsets = new HashMap<>();

    ProcessorClock() {
        size = Linux.call(SystemCall.SCHED_GETAFFINITY, 0, MASK_SIZE, before.address());
    }

    /**
     * The {@link System#nanoTime} of a moment of a processor's clock, or later by what has been taken from that processor
     * since, never earlier. Empty where this thread may not run there.
     */
    Optional<Long> nanoTime(final int processor, final long moment) {
        return offsets.computeIfAbsent(processor, this::offset).map(offset -> moment + offset);
    }

    private Optional<Long> offset(final int processor) {
        one.fill((byte) 0);
        one.set(ValueLayout.JAVA_BYTE, processor / 8, (byte) (1 << processor % 8));
        if (Errno.isError(Linux.raw(SystemCall.SCHED_SETAFFINITY, 0, size, one.address()))) {
            return Optional.empty();
        }
        LockSupport.parkNanos(MOMENT_NANOS);
        return Sched.read(ProcessCalls.self(), ProcessCalls.selfThread()).map(own -> System.nanoTime() - own.lastRun());
    }

    @Override
    public void close() {
        if (!offsets.isEmpty()) {
            Linux.call(SystemCall.SCHED_SETAFFINITY, 0, size, before.address());
        }
        arena.close();
    }
}
