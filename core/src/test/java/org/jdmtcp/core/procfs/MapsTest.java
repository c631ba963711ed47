package org.jdmtcp.core.procfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MapsTest {
    private static Mapping line(String line) {
        return Maps.parse(Sample.text(line + "\n")).mappings().getFirst();
    }

    @Test
    void readsEveryFieldOfALine() {
        Mapping m =
                line("55b68e92b000-55b68e92d000 r-xp 00001000 103:0a 26723                      /usr/bin/python3.11");
        assertThat(m)
                .isEqualTo(new Mapping(
                        0x55b68e92b000L,
                        0x55b68e92d000L,
                        Mapping.PROT_READ | Mapping.PROT_EXEC,
                        false,
                        0x1000,
                        0x103,
                        0x0a,
                        26723,
                        "/usr/bin/python3.11",
                        false,
                        null));
        assertThat(m.length()).isEqualTo(8192);
        assertThat(m.kind()).isEqualTo(MappingKind.FILE);
        assertThat(m.isAnonymous()).isFalse();
    }

    @Test
    void tellsKindsByName() {
        assertThat(kind("rw-p 00000000 00:00 0 ")).isEqualTo(MappingKind.ANONYMOUS);
        assertThat(kind("rw-p 00000000 00:00 0                          [heap]"))
                .isEqualTo(MappingKind.HEAP);
        assertThat(kind("rw-p 00000000 00:00 0                          [stack]"))
                .isEqualTo(MappingKind.STACK);
        assertThat(kind("r-xp 00000000 00:00 0                          [vdso]"))
                .isEqualTo(MappingKind.VDSO);
        assertThat(kind("r--p 00000000 00:00 0                          [vvar]"))
                .isEqualTo(MappingKind.VVAR);
        assertThat(kind("r--p 00000000 00:00 0                          [vvar_vclock]"))
                .isEqualTo(MappingKind.VVAR);
        assertThat(kind("r--p 00000000 00:00 0                          [uprobes]"))
                .isEqualTo(MappingKind.OTHER_SPECIAL);
        assertThat(kind("rw-p 00000000 00:00 0                          [anon:my name]"))
                .isEqualTo(MappingKind.ANONYMOUS_NAMED);
        assertThat(kind("rw-s 00000000 00:01 1046                       [anon_shmem:x]"))
                .isEqualTo(MappingKind.ANONYMOUS_SHARED);
        assertThat(kind("rw-s 00000000 00:01 1046                       /dev/zero (deleted)"))
                .isEqualTo(MappingKind.ANONYMOUS_SHARED);
        assertThat(kind("rw-s 00000000 00:01 1047                       /memfd:me mo (deleted)"))
                .isEqualTo(MappingKind.MEMFD);
        assertThat(kind("rw-s 00000000 00:01 0                          /SYSV01234abc (deleted)"))
                .isEqualTo(MappingKind.SYSV_SHM);
        assertThat(kind("rw-s 00000000 fe:00 9                          /SYSV01234abc"))
                .isEqualTo(MappingKind.FILE);
        assertThat(kind("rw-p 00000000 00:06 5                          /dev/zero"))
                .isEqualTo(MappingKind.FILE);
    }

    private static MappingKind kind(String rest) {
        return line("7fa3f0aa7000-7fa3f0aa9000 " + rest).kind();
    }

    @Test
    void splitsDeletedOffAndDecodesNewlinesOnly() {
        Mapping m =
                line("1000-2000 rw-s 00000000 fe:00 7          /tmp/a b\\012c/\u00ff\\x\\040\u00c3\u00a9 (deleted)");
        assertThat(m.path()).isEqualTo("/tmp/a b\nc/\u00ff\\x\\040\u00c3\u00a9");
        assertThat(m.deleted()).isTrue();
        assertThat(line("1000-2000 rw-s 00000000 fe:00 7          /tmp/x (deleted) (deleted)")
                        .path())
                .isEqualTo("/tmp/x (deleted)");
        assertThat(line("1000-2000 rw-s 00000000 fe:00 7          /tmp/\\01").path())
                .isEqualTo("/tmp/\\01");
    }

    @Test
    void namesOfAnonymousMemory() {
        assertThat(line("1000-2000 rw-p 00000000 00:00 0      [anon:my name]").anonymousName())
                .isEqualTo("my name");
        assertThat(line("1000-2000 rw-s 00000000 00:01 3      [anon_shmem:s]").anonymousName())
                .isEqualTo("s");
        assertThat(line("1000-2000 rw-p 00000000 00:00 0      [heap]").anonymousName())
                .isNull();
        assertThat(line("1000-2000 rw-p 00000000 00:00 0 ").anonymousName()).isNull();
    }

    @Test
    void findsAddressesWithoutSign() {
        Maps maps = Maps.parse(Sample.file("maps-python.txt"));
        Mapping vsyscall = maps.mappings().getLast();
        assertThat(vsyscall.kind()).isEqualTo(MappingKind.VSYSCALL);
        assertThat(maps.at(0xffffffffff600000L)).contains(vsyscall);
        assertThat(maps.at(0xffffffffff600fffL)).contains(vsyscall);
        assertThat(maps.at(0xffffffffff601000L)).isEmpty();
        assertThat(maps.at(0)).isEmpty();
        for (Mapping m : maps.mappings()) {
            assertThat(maps.at(m.start())).contains(m);
            assertThat(maps.at(m.end() - 1)).contains(m);
        }
    }

    @Test
    void readsAPythonWithEverySort() {
        Maps maps = Maps.parse(Sample.file("maps-python.txt"));
        assertThat(maps.mappings()).hasSize(24);
        assertThat(maps.mappings())
                .extracting(Mapping::kind)
                .contains(MappingKind.SYSV_SHM, MappingKind.MEMFD, MappingKind.ANONYMOUS_SHARED, MappingKind.VVAR);
        Mapping odd = maps.mappings().stream()
                .filter(m -> m.path().endsWith("\u00c3\u00a9"))
                .findFirst()
                .orElseThrow();
        assertThat(odd.path()).isEqualTo("/tmp/odd/a b\nc/\u00ff\\x\u00c3\u00a9");
        assertThat(odd.deleted() && odd.shared()).isTrue();
    }

    @Test
    void readsAJvm() {
        Maps maps = Maps.parse(Sample.file("maps-jvm.txt"));
        assertThat(maps.mappings()).hasSize(179);
        assertThat(maps.mappings().getFirst().start()).isEqualTo(0xfc000000L);
        assertThat(maps.mappings())
                .filteredOn(m -> m.path().contains("hsperfdata"))
                .hasSize(1);
        assertThat(maps.mappings()).filteredOn(m -> m.prot() == 0).isNotEmpty();
    }

    @Test
    void readsSmapsOfBash() {
        Maps smaps = Maps.parse(Sample.file("smaps-bash.txt"));
        Mapping stack = smaps.mappings().stream()
                .filter(m -> m.kind() == MappingKind.STACK)
                .findFirst()
                .orElseThrow();
        MappingDetails details = stack.details();
        assertThat(details)
                .isEqualTo(new MappingDetails(
                        12288, 12288, 12288, 12288, 0, 0, 4096, false, 0, VmFlags.parse("rd wr mr mw me gd ac")));
        assertThat(VmFlags.parse("rd wr mr mw me gd ac").has(VmFlag.GD)).isTrue();
        assertThat(smaps.mappings()).allSatisfy(m -> assertThat(m.details()).isNotNull());
    }

    @Test
    void detailsCanBeAddedLater() {
        Maps smaps = Maps.parse(Sample.file("smaps-bash.txt"));
        List<Mapping> bare = smaps.mappings().stream()
                .map(m -> new Mapping(
                        m.start(),
                        m.end(),
                        m.prot(),
                        m.shared(),
                        m.offset(),
                        m.major(),
                        m.minor(),
                        m.inode(),
                        m.path(),
                        m.deleted(),
                        null))
                .toList();
        assertThat(new Maps(bare).withDetails(smaps)).isEqualTo(smaps);
        assertThat(new Maps(bare).withDetails(new Maps(List.of()))).isEqualTo(new Maps(bare));
    }

    @Test
    void keepsUnknownFlags() {
        VmFlags flags = VmFlags.parse("rd wr zz ?? dp sl ");
        assertThat(flags.unknown()).isEqualTo("zz ??");
        assertThat(flags.has(VmFlag.DP) && flags.has(VmFlag.SL)).isTrue();
        assertThat(flags).hasToString("rd wr sl dp zz ??");
        assertThat(VmFlags.parse("")).isEqualTo(VmFlags.NONE);
    }

    @Test
    void aFileCutShortIsRefused() {
        byte[] whole = Sample.text("1000-2000 rw-p 00000000 00:00 0 \n3000-4000 r--p 00001000 fe:00 12     /bin/x\n");
        int lineEnd = "1000-2000 rw-p 00000000 00:00 0 \n".length();
        for (int length = 1; length < whole.length; length++) {
            if (length != lineEnd) {
                byte[] cut = Sample.cut(whole, length);
                assertThatThrownBy(() -> Maps.parse(cut)).isInstanceOf(ProcFormatException.class);
            }
        }
        assertThat(Maps.parse(new byte[0]).mappings()).isEmpty();
    }

    @Test
    void mapFilesHaveNoLeadingZeros() {
        assertThat(MapFiles.path(12, line("00400000-0040a000 r--p 00000000 fe:00 12    /bin/x")))
                .isEqualTo("/proc/12/map_files/400000-40a000");
    }
}
