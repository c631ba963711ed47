package org.jdmtcp.core.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StatusTest {
    private static final String TEXT = """
            Name:\ta) (b\\n c\\\\
            Umask:\t0027
            State:\tt (tracing stop)
            Tgid:\t812
            Ngid:\t3
            Pid:\t813
            PPid:\t800
            TracerPid:\t99
            Uid:\t1000\t0\t1001\t4294967295
            Gid:\t1\t2\t3\t4
            FDSize:\t256
            Groups:\t4 24 27 65534\s
            NStgid:\t812\t7
            NSpid:\t813\t8
            NSpgid:\t812\t0
            NSsid:\t400\t0
            VmLck:\t      64 kB
            Threads:\t5
            SigQ:\t2/96365
            SigPnd:\t0000000000000001
            ShdPnd:\t0000000000004000
            SigBlk:\t8000000000000000
            SigIgn:\t0000000000001000
            SigCgt:\t0000000180004002
            CapInh:\t0000000000000001
            CapPrm:\t000001ffffffffff
            CapEff:\t0000000000000003
            CapBnd:\t000001fffeffffff
            CapAmb:\t0000000000000004
            NoNewPrivs:\t1
            Seccomp:\t2
            Seccomp_filters:\t3
            Cpus_allowed:\t1,00000000,80000003
            Cpus_allowed_list:\t0-1,31,64
            """;

    @Test
    void readsEveryField() {
        Status s = Status.parse(Sample.text(TEXT));
        assertThat(s.name()).isEqualTo("a) (b\n c\\");
        assertThat(s.umask()).isEqualTo(027);
        assertThat(s.state()).isEqualTo('t');
        assertThat(new int[] {s.tgid(), s.ngid(), s.pid(), s.ppid(), s.tracerPid(), s.threads()})
                .containsExactly(812, 3, 813, 800, 99, 5);
        assertThat(s.uid()).isEqualTo(new Ids(1000, 0, 1001, -1));
        assertThat(s.gid()).isEqualTo(new Ids(1, 2, 3, 4));
        assertThat(s.groups()).containsExactly(4, 24, 27, 65534);
        assertThat(s.nsTgid()).containsExactly(812, 7);
        assertThat(s.nsPid()).containsExactly(813, 8);
        assertThat(s.nsPgid()).containsExactly(812, 0);
        assertThat(s.nsSid()).containsExactly(400, 0);
        assertThat(s.lockedBytes()).isEqualTo(65536);
        assertThat(s.queuedSignals()).isEqualTo(2);
        assertThat(s.signalQueueLimit()).isEqualTo(96365);
        assertThat(new long[] {s.pending(), s.sharedPending(), s.blocked(), s.ignored(), s.caught()})
                .containsExactly(1, 0x4000, Long.MIN_VALUE, 0x1000, 0x180004002L);
        assertThat(new long[] {s.capInheritable(), s.capPermitted(), s.capEffective(), s.capBounding(), s.capAmbient()})
                .containsExactly(1, 0x1ffffffffffL, 3, 0x1fffeffffffL, 4);
        assertThat(s.noNewPrivs()).isTrue();
        assertThat(new int[] {s.seccomp(), s.seccompFilters()}).containsExactly(2, 3);
        assertThat(s.cpuMask()).containsExactly(0x80000003L, 1L);
    }

    @Test
    void readsAJvm() {
        Status s = Status.parse(Sample.file("status-jvm.txt"));
        assertThat(s.name()).isEqualTo("java");
        assertThat(s.threads()).isEqualTo(14);
        assertThat(s.groups()).isEmpty();
        assertThat(s.nsPid()).containsExactly(s.pid());
        assertThat(s.cpuMask()).containsExactly(3);
    }

    @Test
    void aZombieHasNoUmask() {
        String text = TEXT.replace("Umask:\t0027\n", "").replace("VmLck:\t      64 kB\n", "");
        assertThat(Status.parse(Sample.text(text)).umask()).isEqualTo(-1);
    }

    @Test
    void aFileCutShortIsRefused() {
        byte[] whole = Sample.text(TEXT);
        int processors = TEXT.indexOf("Cpus_allowed_list");
        for (int length = 0; length < whole.length; length++) {
            if (length != processors) {
                byte[] cut = Sample.cut(whole, length);
                assertThatThrownBy(() -> Status.parse(cut)).isInstanceOf(ProcFormatException.class);
            }
        }
    }
}
