package org.jdmtcp.core.tracee;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndSignalTest {
    private static final int SIGCHLD = 17;
    private static final int SIGCONT = 18;
    private static final int SIGURG = 23;
    private static final int SIGWINCH = 28;

    @Test
    void isIgnoredByDefaultAndWithoutHandler() {
        assertThat(EndSignal.choose(0, 0)).isEqualTo(SIGURG);
        assertThat(EndSignal.choose(bits(SIGURG), 0)).isEqualTo(SIGWINCH);
        assertThat(EndSignal.choose(bits(SIGURG, SIGWINCH, SIGCHLD), 0)).isEqualTo(SIGCONT);
    }

    @Test
    void doesNotSwallowAWaitingSignal() {
        assertThat(EndSignal.choose(bits(SIGURG), bits(SIGWINCH))).isEqualTo(SIGCHLD);
        assertThat(EndSignal.choose(bits(SIGURG, SIGCHLD, SIGCONT), bits(SIGWINCH)))
                .isEqualTo(SIGURG);
        assertThat(EndSignal.choose(bits(SIGURG, SIGWINCH, SIGCHLD, SIGCONT), bits(SIGURG)))
                .isEqualTo(SIGWINCH);
    }

    private static long bits(int... signals) {
        long mask = 0;
        for (int signal : signals) {
            mask |= 1L << signal - 1;
        }
        return mask;
    }
}
