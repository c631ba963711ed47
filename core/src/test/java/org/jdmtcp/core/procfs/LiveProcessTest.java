package org.jdmtcp.core.procfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a shell that waits on its standard input, with an odd file open as descriptor 5 and a zombie child. */
class LiveProcessTest {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SYS_NICE = 23;
    private static final int CAP_CHECKPOINT_RESTORE = 40;

    private static final String SCRIPT = """
            cd "$1"; mkdir $'a b\\nc'; exec 5<>$'a b\\nc/\\xff\\\\\\xc3\\xa9'; echo hello >&5; rm $'a b\\nc/\\xff\\\\\\xc3\\xa9'
            sleep 0 & echo $!
            exec cat
            """;

    @TempDir
    private Path directory;

    private Process process;
    private int pid;
    private int zombie;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder("bash", "-c", SCRIPT, "bash", directory.toString()).start();
        pid = (int) process.pid();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        zombie = Integer.parseInt(Objects.requireNonNull(out.readLine()));
        // cat answers once it has replaced the shell; it never waits for the shell's child.
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        out.readLine();
    }

    @AfterEach
    void stop() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Test
    void readsEveryFileOfALivingProcess() {
        assertThat(Stat.read(pid).comm()).isEqualTo("cat");
        assertThat(Stat.read(pid, pid).pid()).isEqualTo(pid);
        assertThat(Status.read(pid).ppid())
                .isEqualTo((int) ProcessHandle.current().pid());
        assertThat(Status.read(pid, pid).tgid()).isEqualTo(pid);
        Maps maps = Maps.read(pid);
        assertThat(maps.mappings()).extracting(Mapping::kind).contains(MappingKind.STACK, MappingKind.HEAP);
        Maps detailed = maps.withDetails(Maps.readDetailed(pid));
        assertThat(detailed.mappings()).allSatisfy(m -> assertThat(m.details()).isNotNull());
        assertThat(Tasks.read(pid)).containsExactly(pid);
        assertThat(Children.read(pid)).containsExactly(zombie);
        assertThat(CommandLine.read(pid).arguments()).containsExactly("cat");
        assertThat(Environ.read(pid).value("PATH")).isPresent();
        assertThat(Auxv.read(pid).value(6)).hasValue(4096);
        assertThat(Personality.read(pid)).isEqualTo(Personality.read(pid, pid));
        assertThat(OomScoreAdj.read(pid)).isBetween(-1000, 1000);
        assertThat(CoreDumpFilter.read(pid)).isPositive();
        assertThat(Timers.read(pid).timers()).isEmpty();
        assertThat(Cgroup.read(pid).entries()).isNotEmpty();
        assertThat(MountInfo.read(pid).mounts()).isNotEmpty();
        assertThat(NamespaceLinks.read(pid)).isEqualTo(NamespaceLinks.read(pid, pid));
        assertThat(NamespaceLinks.read(pid).inode("mnt")).isPresent();
        assertThat(BootId.read()).hasSize(36);
        assertThat(Syscall.read(pid, pid)).isNotNull();
    }

    @Test
    void octetsOfNamesSurvive() {
        String name = directory + "/a b\nc/\u00ff\\\u00c3\u00a9 (deleted)";
        assertThat(FdTable.read(pid).entries()).contains(new FdTable.Entry(5, name));
        assertThat(FdTable.read(pid, pid)).isEqualTo(FdTable.read(pid));
        assertThat(FdTable.numbers(pid)).contains(0, 1, 2, 5);
        FdInfo info = FdInfo.read(pid, 5);
        assertThat(info.pos()).isEqualTo(6);
        assertThat(MountInfo.read(pid).byId(info.mntId())).isPresent();
        assertThat(FdInfo.read(pid, pid, 5)).isEqualTo(info);
    }

    @Test
    void timerSlack() {
        assumeTrue(mayUse(CAP_SYS_NICE), "reading another process's timer slack takes CAP_SYS_NICE");
        assertThat(TimerSlack.read(pid)).isPositive();
    }

    private static boolean mayUse(int capability) {
        long effective = Status.read((int) ProcessHandle.current().pid()).capEffective();
        return (effective & 1L << capability) != 0;
    }

    @Test
    void linksOfMappings() {
        assumeTrue(mayUse(CAP_SYS_ADMIN) || mayUse(CAP_CHECKPOINT_RESTORE), "map_files takes a capability");
        Mapping file = Maps.read(pid).mappings().stream()
                .filter(m -> m.kind() == MappingKind.FILE)
                .findFirst()
                .orElseThrow();
        Mapping stack = Maps.read(pid).mappings().stream()
                .filter(m -> m.kind() == MappingKind.STACK)
                .findFirst()
                .orElseThrow();
        assertThat(MapFiles.readLink(pid, file)).contains(file.path());
        assertThat(MapFiles.readLink(pid, stack)).isEmpty();
    }

    @Test
    void whatIsMissingInALivingProcessIsNotAnEndedProcess() {
        assertThatThrownBy(() -> FdInfo.read(pid, 999))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("/proc/" + pid + "/fdinfo/999")
                .hasMessageContaining("closed meanwhile");
    }

    @Test
    void anEndedProcessIsToldApart() throws InterruptedException {
        process.destroyForcibly().waitFor();
        assertThatThrownBy(() -> Stat.read(pid))
                .isInstanceOfSatisfying(
                        ProcessGoneException.class, e -> assertThat(e.pid()).isEqualTo(pid));
        assertThatThrownBy(() -> FdTable.read(pid)).isInstanceOf(ProcessGoneException.class);
        assertThatThrownBy(() -> Tasks.read(pid)).isInstanceOf(ProcessGoneException.class);
        assertThatThrownBy(() -> NamespaceLinks.read(pid)).isInstanceOf(ProcessGoneException.class);
    }

    @Test
    void anEndedThreadIsToldApart() {
        int self = (int) ProcessHandle.current().pid();
        assertThatThrownBy(() -> Stat.read(self, pid)).isInstanceOfSatisfying(ProcessGoneException.class, e -> {
            assertThat(e.tid()).isEqualTo(pid);
            assertThat(e).hasMessageContaining("thread");
        });
    }

    @Test
    void aZombieHasNoMemoryLeft() {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!Stat.read(zombie).isZombie() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(Stat.read(zombie).state()).isEqualTo('Z');
        assertThat(Status.read(zombie).umask()).isEqualTo(-1);
        assertThat(CommandLine.read(zombie).arguments()).isEmpty();
        try {
            assertThat(Maps.read(zombie).mappings()).isEmpty();
        } catch (ProcessGoneException e) {
            // ESRCH on some kernels, an empty file on others.
            assertThat(e.pid()).isEqualTo(zombie);
        }
    }

    @Test
    void longFilesAreReadWhole() {
        int self = (int) ProcessHandle.current().pid();
        Maps detailed = Maps.readDetailed(self);
        assertThat(detailed.mappings().size()).isGreaterThan(100);
        assertThat(detailed.mappings().getLast().kind()).isIn(MappingKind.VSYSCALL, MappingKind.STACK);
        assertThat(Tasks.read(self)).contains(self).isSorted();
        assertThat(Children.read(self)).contains(pid);
    }
}
