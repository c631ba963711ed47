package org.jdmtcp.core.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StatTest {
    private static final String REST =
            " R 4755 4756 2867 34816 -1 4194304 2888 6561 0 0 4 0 3 3 39 19 1 0 106656 17158144 3455"
                    + " 18446744073709551615 93892416192512 93892416192853 140730396256848 0 0 0 0 16781312 2 0 0 0 17 1 7 2"
                    + " 0 0 0 93892416204208 93892416204824 93893364576256 140730396260597 140730396260643 140730396260643"
                    + " 140730396262351 256\n";

    @Test
    void readsEveryField() {
        assertThat(Stat.parse(Sample.text("4767 (python3)" + REST)))
                .isEqualTo(new Stat(
                        4767,
                        "python3",
                        'R',
                        4755,
                        4756,
                        2867,
                        34816,
                        -1,
                        4194304,
                        39,
                        19,
                        1,
                        106656L,
                        17158144L,
                        3455L,
                        93892416192512L,
                        93892416192853L,
                        140730396256848L,
                        17,
                        1,
                        7,
                        2,
                        93892416204208L,
                        93892416204824L,
                        93893364576256L,
                        140730396260597L,
                        140730396260643L,
                        140730396260643L,
                        140730396262351L,
                        256));
    }

    @Test
    void commandNamesMayHoldAnything() {
        for (String comm : new String[] {"a) (b\n c\t\\", ")", "", " (", ") R 1 2 3", "\u00ff\u00fe"}) {
            Stat stat = Stat.parse(Sample.text("12 (" + comm + ")" + REST));
            assertThat(stat.comm()).isEqualTo(comm);
            assertThat(stat.ppid()).isEqualTo(4755);
        }
    }

    @Test
    void readsAJvm() {
        Stat stat = Stat.parse(Sample.file("stat-jvm.txt"));
        assertThat(stat.comm()).isEqualTo("java");
        assertThat(stat.numThreads()).isEqualTo(14);
        assertThat(stat.exitSignal()).isEqualTo(17);
        assertThat(stat.isZombie()).isFalse();
        assertThat(stat.envEnd()).isEqualTo(140727876452300L);
        assertThat(Stat.parse(Sample.file("stat-python.txt")).session()).isPositive();
    }

    @Test
    void aFileCutShortIsRefused() {
        byte[] whole = Sample.text("12 (x)" + REST);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Sample.cut(whole, length);
            assertThatThrownBy(() -> Stat.parse(cut)).isInstanceOf(ProcFormatException.class);
        }
    }
}
