package org.jdmtcp.core.procfs;

/** What a mapping is, by the name that the kernel shows for it. */
public enum MappingKind {
    /** Private memory of no file and no name. */
    ANONYMOUS,
    /** Private anonymous memory with a name: {@code [anon:name]}, from PR_SET_VMA_ANON_NAME. */
    ANONYMOUS_NAMED,
    /** Shared anonymous memory: {@code /dev/zero (deleted)}, or {@code [anon_shmem:name]}; its identity is the inode. */
    ANONYMOUS_SHARED,
    /** {@code [heap]}: the brk area. */
    HEAP,
    /** {@code [stack]}: the stack of the process's first thread. */
    STACK,
    /** {@code [vdso]}. */
    VDSO,
    /** {@code [vvar]} and {@code [vvar_vclock]}: data of the vdso, in several consecutive mappings. */
    VVAR,
    /** {@code [vsyscall]}: above user space, the same in every process. */
    VSYSCALL,
    /** A memfd: {@code /memfd:name (deleted)}. */
    MEMFD,
    /** A System V shared memory segment: {@code /SYSVkkkkkkkk (deleted)}; key in hexadecimal, shmid as inode. */
    SYSV_SHM,
    /** A file or device. */
    FILE,
    /** A name in brackets that is not known here, such as {@code [uprobes]} or {@code [sigpage]}. */
    OTHER_SPECIAL
}
