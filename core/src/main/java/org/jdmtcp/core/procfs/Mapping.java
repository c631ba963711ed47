package org.jdmtcp.core.procfs;

import org.jspecify.annotations.Nullable;

/**
 * One mapping of a process: a line of {@code /proc/PID/maps}, with what smaps adds where that was read.
 *
 * @param start first address; compare addresses without sign
 * @param end address behind the last
 * @param prot {@link #PROT_READ}, {@link #PROT_WRITE}, {@link #PROT_EXEC} or-ed, as for mmap
 * @param shared MAP_SHARED rather than MAP_PRIVATE
 * @param offset in the file, in bytes; for anonymous memory without meaning
 * @param major of the device of the file, 0 for none
 * @param minor of the device of the file
 * @param inode of the file, 0 for none; the shmid for System V shared memory
 * @param path byte string (see the package), without the kernel's " (deleted)"; empty for none
 * @param deleted whether the kernel appended " (deleted)". A file whose name really ends so looks the same: where it
 *     matters, look at the link count behind map_files
 * @param details from smaps, or null when only maps was read
 */
public record Mapping(
        long start,
        long end,
        int prot,
        boolean shared,
        long offset,
        int major,
        int minor,
        long inode,
        String path,
        boolean deleted,
        @Nullable MappingDetails details) {

    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;

    private static final String DELETED = " (deleted)";

    /** Bytes. */
    public long length() {
        return end - start;
    }

    public boolean contains(long address) {
        return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    public boolean isReadable() {
        return (prot & PROT_READ) != 0;
    }

    public boolean isWritable() {
        return (prot & PROT_WRITE) != 0;
    }

    public boolean isExecutable() {
        return (prot & PROT_EXEC) != 0;
    }

    /** Whether its pages belong to no file that could be opened by name: private, or shared anonymous memory. */
    public boolean isAnonymous() {
        return switch (kind()) {
            case ANONYMOUS, ANONYMOUS_NAMED, ANONYMOUS_SHARED, HEAP, STACK -> true;
            case VDSO, VVAR, VSYSCALL, MEMFD, SYSV_SHM, FILE, OTHER_SPECIAL -> false;
        };
    }

    public MappingKind kind() {
        if (path.isEmpty()) {
            return inode == 0 ? MappingKind.ANONYMOUS : MappingKind.FILE;
        }
        return path.charAt(0) == '[' ? bracketKind() : fileKind();
    }

    private MappingKind bracketKind() {
        return switch (path) {
            case "[heap]" -> MappingKind.HEAP;
            case "[stack]" -> MappingKind.STACK;
            case "[vdso]" -> MappingKind.VDSO;
            case "[vvar]", "[vvar_vclock]" -> MappingKind.VVAR;
            case "[vsyscall]" -> MappingKind.VSYSCALL;
            default ->
                path.startsWith("[anon:")
                        ? MappingKind.ANONYMOUS_NAMED
                        : path.startsWith("[anon_shmem:") ? MappingKind.ANONYMOUS_SHARED : MappingKind.OTHER_SPECIAL;
        };
    }

    /** The kernel's own objects look like deleted files in the root directory; a real file's name needs no such suffix. */
    private MappingKind fileKind() {
        if (!deleted) {
            return MappingKind.FILE;
        }
        if (path.equals("/dev/zero")) {
            return MappingKind.ANONYMOUS_SHARED;
        }
        if (path.startsWith("/memfd:")) {
            return MappingKind.MEMFD;
        }
        return path.startsWith("/SYSV") && path.length() == 13 ? MappingKind.SYSV_SHM : MappingKind.FILE;
    }

    /** The name given by PR_SET_VMA_ANON_NAME, or null if there is none. */
    public @Nullable String anonymousName() {
        if (!path.endsWith("]")) {
            return null;
        }
        return path.startsWith("[anon:") || path.startsWith("[anon_shmem:")
                ? path.substring(path.indexOf(':') + 1, path.length() - 1)
                : null;
    }

    /** The same mapping with what smaps said of it. */
    public Mapping withDetails(MappingDetails added) {
        return new Mapping(start, end, prot, shared, offset, major, minor, inode, path, deleted, added);
    }

    /** Takes one line of maps. */
    static Mapping parse(ByteText text) {
        long start = text.hex();
        text.expect('-');
        long end = text.hex();
        text.expect(' ');
        int prot = bit(text, 'r', PROT_READ) | bit(text, 'w', PROT_WRITE) | bit(text, 'x', PROT_EXEC);
        boolean shared = text.next() == 's';
        text.expect(' ');
        long offset = text.hex();
        text.expect(' ');
        int major = (int) text.hex();
        text.expect(':');
        int minor = (int) text.hex();
        text.expect(' ');
        long inode = text.dec();
        // The name is padded to a column; a name itself never begins with a blank, since it begins with '/' or '['.
        text.skipBlanks();
        String name = OctalEscapes.decodeNewlines(text.line());
        boolean deleted = name.endsWith(DELETED);
        String path = deleted ? name.substring(0, name.length() - DELETED.length()) : name;
        return new Mapping(start, end, prot, shared, offset, major, minor, inode, path, deleted, null);
    }

    private static int bit(ByteText text, char letter, int value) {
        int found = text.next();
        if (found != letter && found != '-') {
            text.seek(text.position() - 1);
            throw text.malformed("'" + letter + "' or '-'");
        }
        return found == letter ? value : 0;
    }
}
