package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.NotificationCalls;
import org.junit.jupiter.api.Test;

/** Masks and flags of signalfd. */
final class SignalFdTest {
    private final TestComputation computation = new TestComputation();
    private final SignalFd kind = new SignalFd();

    @Test
    void maskAndFlagsComeBack() {
        try (Fd fd = NotificationCalls.signalFd(0x8000_0001_0000_0a00L, FileCalls.O_NONBLOCK)) {
            final SignalFdState state = kind.inspect(computation.view(fd)).orElseThrow();
            try (Fd again = kind.restore(state, computation)) {
                assertThat(kind.inspect(computation.view(again))).contains(state);
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(fd));
            }
        }
    }

    @Test
    void aKernelThatDoesNotTellIsRefused() {
        try (Fd fd = NotificationCalls.signalFd(1, 0)) {
            computation.droppedInfo = List.of("sigmask:");
            assertThatThrownBy(() -> kind.inspect(computation.view(fd)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("does not tell its mask");
        }
    }
}
