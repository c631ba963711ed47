package org.jdmtcp.core.procfs;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The two-letter flags of a mapping in the {@code VmFlags} line of smaps; each constant is the kernel's mnemonic in capitals.
 * Source: show_smap_vma_flags in the kernel's fs/proc/task_mmu.c.
 */
public enum VmFlag {
    /** Readable. */
    RD,
    /** Writable. */
    WR,
    /** Executable. */
    EX,
    /** Shared; absent on a MAP_SHARED mapping of a file opened read-only. */
    SH,
    /** May be made readable. */
    MR,
    /** May be made writable. */
    MW,
    /** May be made executable. */
    ME,
    /** MAP_SHARED, whether or not the file is writable. */
    MS,
    /** MAP_GROWSDOWN: a stack. */
    GD,
    /** Pure page frames of a device, without struct page. */
    PF,
    /** Writes to the file are denied (kernels before 6.x). */
    DW,
    /** mlocked. */
    LO,
    /** Locked as pages come in: MLOCK_ONFAULT. */
    LF,
    /** Memory-mapped I/O. */
    IO,
    /** MADV_SEQUENTIAL. */
    SR,
    /** MADV_RANDOM. */
    RR,
    /** MADV_DONTFORK: a child does not have it. */
    DC,
    /** Must not grow by mremap. */
    DE,
    /** Counted against the commit limit. */
    AC,
    /** MAP_NORESERVE. */
    NR,
    /** hugetlb pages. */
    HT,
    /** MAP_SYNC (DAX). */
    SF,
    /** Non-linear (old kernels). */
    NL,
    /** Of the architecture's own. */
    AR,
    /** MADV_WIPEONFORK: a child finds zeros. */
    WF,
    /** MADV_DONTDUMP. */
    DD,
    /** Soft-dirty tracking. */
    SD,
    /** Mixed page frames and struct pages. */
    MM,
    /** MADV_HUGEPAGE. */
    HG,
    /** MADV_NOHUGEPAGE. */
    NH,
    /** MADV_MERGEABLE. */
    MG,
    /** ARM64 branch target identification. */
    BT,
    /** ARM64 memory tagging. */
    MT,
    /** userfaultfd, missing pages. */
    UM,
    /** userfaultfd, write protection. */
    UW,
    /** userfaultfd, minor faults. */
    UI,
    /** Shadow stack. */
    SS,
    /** mseal. */
    SL,
    /** MAP_DROPPABLE. */
    DP,
    /** May hold guard regions (MADV_GUARD_INSTALL). */
    GU;

    private static final VmFlag[] BY_LETTERS = new VmFlag[26 * 26];

    static {
        for (VmFlag flag : values()) {
            String mnemonic = flag.mnemonic();
            BY_LETTERS[index(mnemonic.charAt(0), mnemonic.charAt(1))] = flag;
        }
    }

    /** As the kernel writes it. */
    public String mnemonic() {
        return name().toLowerCase(Locale.ROOT);
    }

    static @Nullable VmFlag of(int first, int second) {
        boolean letters = first >= 'a' && first <= 'z' && second >= 'a' && second <= 'z';
        return letters ? BY_LETTERS[index(first, second)] : null;
    }

    private static int index(int first, int second) {
        return (first - 'a') * 26 + second - 'a';
    }
}
