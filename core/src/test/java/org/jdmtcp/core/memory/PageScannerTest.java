package org.jdmtcp.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jdmtcp.core.memory.PageScanner.Method;
import org.jdmtcp.core.memory.PageScanner.Pages;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PageScannerTest {
    private static final int PAGE = Linux.PAGE_SIZE;
    private static final int MADV_GUARD_INSTALL = 102;

    @TempDir
    Path directory;

    private static Pages scan(final Method method, final long address, final long pages, final boolean fileBacked) {
        try (PageScanner scanner = PageScanner.open(ProcessCalls.self(), method)) {
            return scanner.scan(address, address + pages * PAGE, fileBacked);
        }
    }

    private static Range pages(final MemorySegment memory, final long first, final long count) {
        return new Range(memory.address() + first * PAGE, count * PAGE);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void onlyTouchedPagesCount(final Method method) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = MemoryCalls.allocate(arena, 64L * PAGE);
            for (final int page : new int[] {0, 3, 4, 5, 63}) {
                memory.set(ValueLayout.JAVA_BYTE, (long) page * PAGE, (byte) 1);
            }
            assertThat(scan(method, memory.address(), 64, false).data())
                    .isEqualTo(List.of(pages(memory, 0, 1), pages(memory, 3, 3), pages(memory, 63, 1)));
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void moreRunsThanOneAnswerHolds(final Method method) {
        final int count = 3000;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = MemoryCalls.allocate(arena, 2L * count * PAGE);
            // Huge pages would fill the gaps.
            Linux.raw(SystemCall.MADVISE, memory.address(), memory.byteSize(), 15);
            for (long page = 0; page < 2L * count; page += 2) {
                memory.set(ValueLayout.JAVA_BYTE, page * PAGE, (byte) 1);
            }
            final List<Range> runs =
                    scan(method, memory.address(), 2L * count, false).data();
            assertThat(runs).hasSize(count).allMatch(run -> run.size() == PAGE);
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void pagesOfAFileThatWereNotWrittenStayOut(final Method method) throws Exception {
        final Path file = Files.write(directory.resolve("file"), new byte[8 * PAGE]);
        try (Fd fd = FileCalls.open(file.toString(), FileCalls.O_RDONLY)) {
            final long address = Linux.call(SystemCall.MMAP, 0, 8L * PAGE, 3, MemoryCalls.MAP_PRIVATE, fd.number(), 0);
            final MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(8L * PAGE);
            final long sum = memory.get(ValueLayout.JAVA_BYTE, PAGE) + memory.get(ValueLayout.JAVA_BYTE, 2L * PAGE);
            assertThat(sum).isZero();
            memory.set(ValueLayout.JAVA_BYTE, 5L * PAGE, (byte) 1);
            assertThat(scan(method, address, 8, true).data()).isEqualTo(List.of(pages(memory, 5, 1)));
            Linux.call(SystemCall.MUNMAP, address, 8L * PAGE);
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void guardPagesAreNotData(final Method method) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = MemoryCalls.allocate(arena, 16L * PAGE);
            memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            memory.set(ValueLayout.JAVA_BYTE, 7L * PAGE, (byte) 1);
            final long installed =
                    Linux.raw(SystemCall.MADVISE, memory.address() + 4L * PAGE, 2L * PAGE, MADV_GUARD_INSTALL);
            Assumptions.assumeTrue(installed == 0, "guard pages came with Linux 6.13");
            final Pages found = scan(method, memory.address(), 16, false);
            assertThat(found.data()).isEqualTo(List.of(pages(memory, 0, 1), pages(memory, 7, 1)));
            assertThat(found.guards()).isEqualTo(List.of(pages(memory, 4, 2)));
        }
    }
}
