package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.junit.jupiter.api.Test;

/** Whom descriptors of processes are about. Their way back takes a whole restart: test-apps/c/pidfds.c. */
final class PidFdTest {
    private final TestComputation computation = new TestComputation();
    private final PidFd kind = new PidFd(new Scratch());

    @Test
    void aMemberIsKnownByItsOwnId() {
        try (Fd fd = new Fd((int) Linux.call(SystemCall.PIDFD_OPEN, ProcessCalls.self(), FileCalls.O_NONBLOCK))) {
            final PidFdState state = kind.inspect(computation.view(fd)).orElseThrow();
            assertThat(state.getPid()).isEqualTo(computation.ownPid());
            assertThat(state.getFlags() & FileCalls.O_NONBLOCK).isNotZero();
        }
    }

    @Test
    void aProcessThatIsGoneHasNoId() throws IOException, InterruptedException {
        final Process child = new ProcessBuilder("cat").start();
        try (Fd fd = ProcessCalls.pidFd((int) child.pid()).orElseThrow()) {
            child.getOutputStream().close();
            child.waitFor();
            assertThat(kind.inspect(computation.view(fd)).orElseThrow().getPid())
                    .isZero();
        }
    }

    @Test
    void anOutsiderIsRefusedByName() {
        final int parent = (int) Linux.call(SystemCall.GETPPID);
        try (Fd fd = ProcessCalls.pidFd(parent).orElseThrow()) {
            assertThatThrownBy(() -> kind.inspect(computation.view(fd)))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("is a descriptor of process " + parent + ", which is outside");
        }
    }
}
