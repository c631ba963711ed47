package org.jdmtcp.spi.view;

import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.Fd;

/** An object that processes of the computation have mapped, with all mappings that show it. Valid while all are stopped. */
public interface MappingView {
    /** The mappings, in the order of the tree of processes and of addresses. */
    List<Place> places();

    /** What maps shows, as a byte string, without the kernel's mark for what is deleted. */
    String path();

    /** Whether the kernel says that the name is gone. */
    boolean isDeleted();

    /** Device number of its file system, {@code major << 32 | minor}, as in maps. */
    long device();

    /** Its inode number; the id of a System V segment. */
    long inode();

    /**
     * A descriptor of the agent, readable, by its name or by {@code /proc/PID/map_files}, made at first use; it belongs to
     * the view. Empty where this user can reach the object through the mappings only.
     */
    Optional<Fd> open();

    /**
     * Keeps the contents in the image: read from {@link #open}, else through the mappings, together for what each of them
     * shows. They are read after everything was claimed and before the program goes on.
     *
     * @param size bytes, from the object's offset 0
     * @return an id for {@link org.jdmtcp.spi.RestoreContext#writeContents}
     */
    long keepContents(long size);

    /** The object in words, for refusals: {@code the mapping /dev/zero at 0x7f12000 of python3 (pid 812)}. */
    String describe();

    /**
     * A mapping that shows the object.
     *
     * @param process who has it
     * @param start its first address
     * @param end the address behind its last
     * @param prot PROT_ bits as for {@code mmap(2)}
     * @param shared MAP_SHARED rather than MAP_PRIVATE
     * @param offset where in the object it begins, bytes
     * @param pageSize bytes of a page; more than usual for hugetlb memory
     * @param flags mnemonics of VmFlags in {@code /proc/PID/smaps}
     */
    record Place(
            ProcessView process,
            long start,
            long end,
            int prot,
            boolean shared,
            long offset,
            long pageSize,
            List<String> flags) {
        public Place {
            flags = List.copyOf(flags);
        }

        /** Bytes. */
        public long size() {
            return end - start;
        }
    }
}
