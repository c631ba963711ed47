package org.jdmtcp.core.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SmallFilesTest {
    @Test
    void fdinfo() {
        FdInfo epoll = FdInfo.parse(Sample.text("pos:\t0\nflags:\t02000002\nmnt_id:\t17\nino:\t1038\n"
                + "tfd:        4 events:       1f data:     7ffc00000004  pos:0 ino:2509 sdev:f\n"));
        assertThat(epoll.closeOnExec()).isTrue();
        assertThat(epoll.ino()).isEqualTo(1038);
        assertThat(epoll.values("tfd"))
                .containsExactly("4 events:       1f data:     7ffc00000004  pos:0 ino:2509 sdev:f");
        FdInfo file =
                FdInfo.parse(Sample.text("pos:\t9223372036854775807\nflags:\t0100001\nmnt_id:\t27\nino:\t2146725\n"
                        + "lock:\t1: FLOCK  ADVISORY  WRITE 4697 fe:00:2146725 0 EOF\n"
                        + "lock:\t2: POSIX  ADVISORY  WRITE 4697 fe:00:2146725 5 14\n"));
        assertThat(file.pos()).isEqualTo(Long.MAX_VALUE);
        assertThat(file.flags()).isEqualTo(0100001);
        assertThat(file.closeOnExec()).isFalse();
        assertThat(file.locks())
                .containsExactly(
                        "1: FLOCK  ADVISORY  WRITE 4697 fe:00:2146725 0 EOF",
                        "2: POSIX  ADVISORY  WRITE 4697 fe:00:2146725 5 14");
        FdInfo old =
                FdInfo.parse(Sample.text("pos:\t0\nflags:\t04002\nmnt_id:\t15\neventfd-count:               2a\n"));
        assertThat(old.ino()).isZero();
        assertThat(old.values("eventfd-count")).containsExactly("2a");
        assertThatThrownBy(() -> FdInfo.parse(Sample.text("pos:\t0\nflags:\t04002\nmnt_id:\t1")))
                .isInstanceOf(ProcFormatException.class)
                .hasMessageContaining("fdinfo");
    }

    @Test
    void timers() {
        String text = "ID: 2\nsignal: 12/0000000000000007\nnotify: signal/tid.4697\nClockID: -6\n"
                + "ID: 0\nsignal: 10/ffffffffffffffff\nnotify: none/pid.4697\nClockID: 1\n";
        assertThat(Timers.parse(Sample.text(text)).timers())
                .containsExactly(
                        new Timers.Timer(2, 12, 7, "signal", true, 4697, -6),
                        new Timers.Timer(0, 10, -1, "none", false, 4697, 1));
        assertThat(Timers.parse(new byte[0]).timers()).isEmpty();
    }

    @Test
    void syscall() {
        assertThat(Syscall.parse(Sample.text("running\n"))).isEqualTo(new Syscall.Running());
        assertThat(Syscall.parse(Sample.text("-1 0x7ffc6b21d668 0x7fbadbe3f2ad\n")))
                .isEqualTo(new Syscall.Blocked(0x7ffc6b21d668L, 0x7fbadbe3f2adL));
        assertThat(Syscall.parse(Sample.text(
                        "0 0x3 0x7fba 0x20000 0x22 0xffffffffffffffff 0x0 0x7ffc6b21d668 0x7fbadbe3f2ad\n")))
                .isEqualTo(new Syscall.Inside(0, 3, 0x7fba, 0x20000, 0x22, -1, 0, 0x7ffc6b21d668L, 0x7fbadbe3f2adL));
        assertThatThrownBy(() -> Syscall.parse(Sample.text("0 0x3 0x7\n"))).isInstanceOf(ProcFormatException.class);
    }

    @Test
    void cgroup() {
        Cgroup cgroup = Cgroup.parse(Sample.text("9:name=systemd:/\n2:cpu,cpuacct:/a:b\n0::/user.slice\n"));
        assertThat(cgroup.entries())
                .containsExactly(
                        new Cgroup.Entry(9, "name=systemd", "/"),
                        new Cgroup.Entry(2, "cpu,cpuacct", "/a:b"),
                        new Cgroup.Entry(0, "", "/user.slice"));
        assertThat(cgroup.unifiedPath()).contains("/user.slice");
    }

    @Test
    void mountInfo() {
        MountInfo info = MountInfo.parse(Sample.text("22 27 0:21 / /proc rw,relatime - proc proc rw\n"
                + "36 35 98:0 /mnt1 /a\\040b\\134040\\012\u00ff rw,noatime shared:1 master:7 - ext4 /dev/root rw,errors=x\n"
                + "40 27 0:40 / /empty rw - tmpfs  rw\n"));
        assertThat(info.byId(36).orElseThrow().mountPoint()).isEqualTo("/a b\\040\n\u00ff");
        assertThat(info.byId(36).orElseThrow().propagation()).containsExactly("shared:1", "master:7");
        assertThat(info.byId(36).orElseThrow().root()).isEqualTo("/mnt1");
        assertThat(info.byId(36).orElseThrow().major()).isEqualTo(98);
        assertThat(info.byId(22).orElseThrow().fsType()).isEqualTo("proc");
        assertThat(info.byId(40).orElseThrow().source()).isEmpty();
        assertThat(info.byId(1)).isEmpty();
        assertThatThrownBy(() -> MountInfo.parse(Sample.text("22 27 0:21 / /proc rw,relatime\n")))
                .isInstanceOf(ProcFormatException.class);
    }

    @Test
    void argumentsAndEnvironment() {
        assertThat(CommandLine.parse(Sample.text("sh\0-c\0\0\u00ff\n\0")).arguments())
                .containsExactly("sh", "-c", "", "\u00ff\n");
        assertThat(CommandLine.parse(Sample.text("postgres: idle")).arguments()).containsExactly("postgres: idle");
        assertThat(CommandLine.parse(new byte[0]).arguments()).isEmpty();
        Environ environ = Environ.parse(Sample.text("PATHX=1\0PATH=/bin:/x=y\0odd\0"));
        assertThat(environ.value("PATH")).contains("/bin:/x=y");
        assertThat(environ.value("odd")).isEmpty();
    }

    @Test
    void numbers() {
        assertThat(Personality.parse(Sample.text("00040000\n"))).isEqualTo(0x40000);
        assertThat(Personality.parse(Sample.text("ffffffff\n"))).isEqualTo(-1);
        assertThat(OomScoreAdj.parse(Sample.text("-1000\n"))).isEqualTo(-1000);
        assertThat(CoreDumpFilter.parse(Sample.text("00000033\n"))).isEqualTo(0x33);
        assertThat(TimerSlack.parse(Sample.text("50000\n"))).isEqualTo(50_000);
        assertThat(NamespaceLinks.parseLink("net:[4026531833]")).isEqualTo(4026531833L);
        assertThat(Children.parse(Sample.text("12 40 13 "))).containsExactly(12, 40, 13);
        assertThat(Children.parse(new byte[0])).isEmpty();
        assertThatThrownBy(() -> OomScoreAdj.parse(Sample.text("-\n"))).isInstanceOf(ProcFormatException.class);
    }

    @Test
    void auxiliaryVector() {
        Auxv auxv = Auxv.parse(Sample.file("auxv-jvm.bin"));
        assertThat(auxv.value(6)).hasValue(4096);
        assertThat(auxv.value(33)).isPresent();
        assertThat(auxv.value(12345)).isEmpty();
        assertThat(auxv.toByteArray()).isEqualTo(Sample.file("auxv-jvm.bin"));
    }
}
