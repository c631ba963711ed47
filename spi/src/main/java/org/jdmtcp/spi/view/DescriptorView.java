package org.jdmtcp.spi.view;

import java.util.List;
import java.util.OptionalInt;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileStatus;

/** An open file of the computation, seen through one of the descriptors that refer to it. Valid while it is stopped. */
public interface DescriptorView {
    /** A process that has it: the first in the order of the tree. */
    ProcessView process();

    /** Its number in {@link #process}. */
    int number();

    /** All descriptors, in all processes, that refer to this same open file, {@link #number} in {@link #process} first. */
    List<Holder> holders();

    /** What {@code /proc/PID/fd/N} points to, as a byte string: a path, or {@code pipe:[123]} and the like. */
    String target();

    /** Status of the file behind it. */
    FileStatus status();

    /** Access mode and status flags as from {@code F_GETFL}, without O_CLOEXEC. */
    int flags();

    /** The file offset in bytes. */
    long position();

    /** The lines of {@code /proc/PID/fdinfo/N} after pos, flags, mnt_id and ino, in order, unparsed. */
    List<String> info();

    /** A descriptor of the agent for the same open file, made at first use; it belongs to the view: do not close it. */
    Fd open();

    /** Which of the program's standard streams at launch this is (0, 1 or 2): same open file, or the same terminal. */
    OptionalInt standardStream();

    /** Other open files of the computation on the same inode, such as the other end of a pipe. */
    List<DescriptorView> others();

    /** All open files of the computation, this one among them. */
    default List<DescriptorView> computation() {
        return List.of(this);
    }

    /**
     * The id by which the programs know a process or thread of the computation; ended processes that their parents have not
     * waited for are among them. Empty where it does not belong to the computation.
     *
     * @param id as this agent sees it
     */
    default OptionalInt member(final int id) {
        return OptionalInt.empty();
    }

    /** Processes outside of the computation that have the same inode open, for people: {@code "less (pid 812)"}. Slow. */
    List<String> outsiders();

    /** Whether the user wants the contents of open files in the image although they have a name. */
    default boolean wantsContents() {
        return false;
    }

    /**
     * Keeps the file's whole contents in the image. They are read after everything was claimed and before the program
     * goes on.
     *
     * @param size bytes
     * @return an id for {@link org.jdmtcp.spi.RestoreContext#writeContents}
     */
    long keepContents(long size);

    /**
     * Keeps what a file of the agent holds in the image: what was found in a queue, say, and is too large for a message.
     *
     * @param file belongs to the engine from now on
     * @param size bytes
     * @return an id for {@link org.jdmtcp.spi.RestoreContext#writeContents}
     */
    default long keepContents(final Fd file, final long size) {
        throw new UnsupportedOperationException("nothing of " + size + " bytes can be kept here: " + file);
    }

    /**
     * Makes an open file that was found in the queue of this one (such as a descriptor sent over a socket and not received yet)
     * an open file of the computation, unless it is one already. It is inspected and restored like others.
     *
     * @param found the agent's own descriptor of it; it belongs to the engine from now on
     * @return an id for {@link org.jdmtcp.spi.RestoreContext#openFile}
     */
    long inFlight(Fd found);

    /** The descriptor in words, for refusals: {@code fd 5 (pipe:[123]) of python3 (pid 812)}. */
    String describe();

    /**
     * A descriptor that refers to the open file.
     *
     * @param process who has it
     * @param number its number there
     * @param closeOnExec whether it closes at exec
     */
    record Holder(ProcessView process, int number, boolean closeOnExec) {}
}
