package org.jdmtcp.core.image;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.jdmtcp.core.image.MemorySource.Area;
import org.jdmtcp.core.memory.PageScanner;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/** A private mapping of this very process, as the thing to be saved and brought back. */
final class TestMemory implements AutoCloseable {
    static final int PAGE = Linux.PAGE_SIZE;

    private final MemorySegment segment;
    private final boolean fileBacked;

    private TestMemory(final long address, final long size, final boolean fileBacked) {
        this.segment = MemorySegment.ofAddress(address).reinterpret(size);
        this.fileBacked = fileBacked;
    }

    static TestMemory anonymous(final int pages) {
        return anonymousAt(0, pages);
    }

    static TestMemory anonymousAt(final long wish, final int pages) {
        final int flags =
                MemoryCalls.MAP_PRIVATE | MemoryCalls.MAP_ANONYMOUS | (wish == 0 ? 0 : MemoryCalls.MAP_FIXED_NOREPLACE);
        final long address = Linux.call(
                SystemCall.MMAP,
                wish,
                (long) pages * PAGE,
                MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE,
                flags,
                -1,
                0);
        return new TestMemory(address, (long) pages * PAGE, false);
    }

    static TestMemory ofFile(final Fd file, final int pages) {
        final long address = Linux.call(
                SystemCall.MMAP,
                0,
                (long) pages * PAGE,
                MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE,
                MemoryCalls.MAP_PRIVATE,
                file.number(),
                0);
        return new TestMemory(address, (long) pages * PAGE, true);
    }

    long address() {
        return segment.address();
    }

    MemorySegment bytes() {
        return segment;
    }

    MemorySegment page(final int index) {
        return segment.asSlice((long) index * PAGE, PAGE);
    }

    void fillRandom(final int page, final int pages, final long seed) {
        final byte[] bytes = new byte[pages * PAGE];
        new Random(seed).nextBytes(bytes);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, (long) page * PAGE, bytes.length);
    }

    void fillText(final int page, final int pages) {
        for (long i = 0; i < (long) pages * PAGE; i += 8) {
            segment.set(ValueLayout.JAVA_LONG, (long) page * PAGE + i, i / 64 % 1000 + 1);
        }
    }

    Range range() {
        return new Range(address(), segment.byteSize());
    }

    Area area() {
        return new Area(address(), address() + segment.byteSize(), fileBacked);
    }

    MemorySource source() {
        try (PageScanner scanner = PageScanner.open(ProcessCalls.self())) {
            final var runs = scanner.scan(address(), address() + segment.byteSize(), fileBacked)
                    .data();
            return new MemorySource(ProcessCalls.self(), List.of(area()), runs, null);
        }
    }

    /** A copy on the Java heap. */
    byte[] copy() {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    void protect(final int protection) {
        Linux.call(SystemCall.MPROTECT, address(), segment.byteSize(), protection);
    }

    long advise(final int page, final int pages, final int advice) {
        return Linux.raw(SystemCall.MADVISE, address() + (long) page * PAGE, (long) pages * PAGE, advice);
    }

    @Override
    public void close() {
        Linux.call(SystemCall.MUNMAP, address(), segment.byteSize());
    }
}
