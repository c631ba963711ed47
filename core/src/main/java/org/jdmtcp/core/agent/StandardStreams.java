package org.jdmtcp.core.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * The open files that were the program's standard streams when the agent took charge: they are not restored but replaced by
 * dmtcp_restart's own. A terminal counts by its device, since programs open their terminal again by name.
 */
public final class StandardStreams implements AutoCloseable {
    /** Descriptor numbers of standard input, output and error. */
    public static final int COUNT = 3;

    private final List<Optional<Fd>> streams;
    private final List<Optional<FileStatus>> statuses;

    private StandardStreams(final List<Optional<Fd>> streams) {
        this.streams = streams;
        this.statuses = streams.stream().map(s -> s.map(FileCalls::status)).toList();
    }

    /** The agent's own standard streams, which the program was started with. */
    public static StandardStreams own() {
        final List<Optional<Fd>> own = new ArrayList<>();
        for (int fd = 0; fd < COUNT; fd++) {
            // A number that the caller had closed may be a file of the JVM by now.
            final boolean open = StrayDescriptors.isInherited(fd);
            own.add(open ? Optional.of(FileCalls.duplicate(fd)) : Optional.empty());
        }
        return new StandardStreams(own);
    }

    /**
     * The standard streams of a process that was started by somebody else, as far as they are no regular files: those are
     * restored like any other file.
     */
    public static StandardStreams of(final int pid) {
        final List<Optional<Fd>> streams = new ArrayList<>();
        try (Fd process = ProcessCalls.pidFd(pid).orElseThrow()) {
            for (int number = 0; number < COUNT; number++) {
                streams.add(take(process, pid, number));
            }
        }
        return new StandardStreams(streams);
    }

    private static Optional<Fd> take(final Fd process, final int pid, final int number) {
        final Optional<FileStatus> status = FileCalls.status("/proc/" + pid + "/fd/" + number);
        if (status.isEmpty() || status.get().isRegular()) {
            return Optional.empty();
        }
        return Optional.of(ProcessCalls.takeFd(process, number));
    }

    /**
     * Which stream an open file is.
     *
     * @param pid a process that has it
     * @param number its descriptor there
     * @param status its status
     */
    public OptionalInt find(final int pid, final int number, final FileStatus status) {
        final int self = ProcessCalls.self();
        for (int stream = 0; stream < COUNT; stream++) {
            final int candidate = stream;
            if (statuses.get(stream)
                    .filter(own -> isStream(candidate, own, self, pid, number, status))
                    .isPresent()) {
                return OptionalInt.of(stream);
            }
        }
        return OptionalInt.empty();
    }

    private boolean isStream(
            final int stream,
            final FileStatus own,
            final int self,
            final int pid,
            final int number,
            final FileStatus status) {
        if (!own.sameFile(status)) {
            return false;
        }
        final Fd fd = streams.get(stream).orElseThrow();
        if (ProcessCalls.compare(self, pid, ProcessCalls.KCMP_FILE, fd.number(), number) == 0) {
            return true;
        }
        // Opened again by name (/dev/pts/3, /dev/stdout): the same terminal or pipe, a new open file.
        return isTerminal(own) || own.type() == FileStatus.S_IFIFO && sameDirection(fd, pid, number);
    }

    private static boolean isTerminal(final FileStatus status) {
        final int major = (int) (status.rdev() >>> 32);
        return status.type() == FileStatus.S_IFCHR && (major >= 136 && major <= 143 || major == 4 || major == 5);
    }

    private static boolean sameDirection(final Fd own, final int pid, final int number) {
        final long flags = FileCalls.fcntl(own.number(), FileCalls.F_GETFL, 0);
        final int other = org.jdmtcp.core.procfs.FdInfo.read(pid, number).flags();
        return (flags & FileCalls.O_ACCMODE) == (other & FileCalls.O_ACCMODE);
    }

    /** The agent's descriptor of a stream; empty where it was closed at launch. It belongs to this object. */
    public Optional<Fd> stream(final int number) {
        return streams.get(number);
    }

    @Override
    public void close() {
        streams.forEach(s -> s.ifPresent(Fd::close));
    }
}
