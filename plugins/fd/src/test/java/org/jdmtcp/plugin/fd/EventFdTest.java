package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Event counters, with and without the kernel's word on the mode. */
final class EventFdTest {
    private final TestComputation computation = new TestComputation();
    private final EventFd kind = new EventFd();

    @ParameterizedTest
    @CsvSource({
        "0,0,true", "0,1,true", "1,0,true", "1,1,true", "7,0,true", "7,1,true", "18446744073709551614,0,true",
        "0,0,false", "0,1,false", "1,0,false", "1,1,false", "7,0,false", "7,1,false", "18446744073709551614,0,false",
        "18446744073709551614,1,false"
    })
    void countModeAndFlagsComeBack(final String text, final int semaphore, final boolean told) {
        final long count = Long.parseUnsignedLong(text);
        try (Fd fd = FileCalls.eventFd(0, semaphore | FileCalls.O_NONBLOCK)) {
            write(fd, count);
            computation.droppedInfo = told ? List.of() : List.of("eventfd-semaphore:");
            final EventFdState state = kind.inspect(computation.view(fd)).orElseThrow();
            assertThat(state.getCount()).isEqualTo(count);
            assertThat(state.getSemaphore()).isEqualTo(semaphore == 1);
            try (Fd again = kind.restore(state, computation)) {
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(fd));
                assertThat(TestComputation.read(again, 8)).isEqualTo(TestComputation.read(fd, 8));
                assertThat(TestComputation.read(again, 8)).isEqualTo(TestComputation.read(fd, 8));
            }
        }
    }

    private static void write(final Fd fd, final long count) {
        if (count != 0) {
            try (Arena arena = Arena.ofConfined()) {
                assertThat(FileCalls.write(fd, arena.allocateFrom(ValueLayout.JAVA_LONG, count)))
                        .isEqualTo(8);
            }
        }
    }
}
