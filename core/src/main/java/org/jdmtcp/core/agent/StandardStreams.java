package org.jdmtcp.core.agent;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdmtcp.core.procfs.FdInfo;
import org.jdmtcp.core.procfs.FdTable;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * The open files that the program was started with and that lead outside: its standard streams, and what else was handed down
 * to it by whoever launched it. They are not restored but replaced by dmtcp_restart's own of the same number. A terminal counts
 * by its device, since programs open their terminal again by name.
 */
public final class StandardStreams implements AutoCloseable {
    /** How many of them every program has: standard input, output and error. */
    public static final int COUNT = 3;

    private final SortedMap<Integer, Stream> streams;

    private record Stream(Fd fd, FileStatus status) {}

    private StandardStreams(final SortedMap<Integer, Stream> streams) {
        this.streams = streams;
    }

    /** The agent's own, which the program inherits: standard streams of any kind, others as far as they are no files. */
    public static StandardStreams own() {
        final SortedMap<Integer, Stream> own = new TreeMap<>();
        for (final int number : FdTable.numbers(ProcessCalls.self())) {
            final long flags = FileCalls.fcntl(number, FileCalls.F_GETFD, 0);
            // A standard stream that the caller had closed may be a file of the JVM by now, which closes on exec.
            if (flags >= 0 && (flags & FileCalls.FD_CLOEXEC) == 0) {
                add(own, number, FileCalls.duplicate(number), number < COUNT);
            }
        }
        return new StandardStreams(own);
    }

    /**
     * The standard streams of a process that was started by somebody else, as far as they are no regular files: those are
     * restored like any other file.
     */
    public static StandardStreams of(final int pid) {
        final SortedMap<Integer, Stream> streams = new TreeMap<>();
        try (Fd process = ProcessCalls.pidFd(pid).orElseThrow()) {
            for (int number = 0; number < COUNT; number++) {
                if (FileCalls.status("/proc/" + pid + "/fd/" + number).isPresent()) {
                    add(streams, number, ProcessCalls.takeFd(process, number), false);
                }
            }
        }
        return new StandardStreams(streams);
    }

    /**
     * What another agent's program was handed down, as far as these processes still have it.
     *
     * @param identities from {@link #identities}
     */
    public static StandardStreams handedDown(final List<Integer> pids, final List<String> identities) {
        final SortedMap<Integer, Stream> streams = new TreeMap<>();
        for (final int pid : pids) {
            try (Fd process = ProcessCalls.pidFd(pid).orElseThrow()) {
                for (final int number : FdTable.numbers(pid)) {
                    FileCalls.status("/proc/" + pid + "/fd/" + number)
                            .flatMap(status -> numbered(identities, status))
                            .filter(stream -> !streams.containsKey(stream))
                            .ifPresent(stream -> add(streams, stream, ProcessCalls.takeFd(process, number), false));
                }
            }
        }
        return new StandardStreams(streams);
    }

    private static Optional<Integer> numbered(final List<String> identities, final FileStatus status) {
        final String sought = ":" + status.device() + ":" + status.inode();
        return identities.stream()
                .filter(identity -> identity.endsWith(sought))
                .map(identity -> Integer.valueOf(identity.substring(0, identity.indexOf(':'))))
                .findFirst();
    }

    /** Number, device and inode of each, for the agent that comes after this one. */
    public List<String> identities() {
        return streams.entrySet().stream()
                .map(stream -> stream.getKey() + ":" + stream.getValue().status.device() + ":"
                        + stream.getValue().status.inode())
                .toList();
    }

    private static void add(
            final SortedMap<Integer, Stream> streams, final int number, final Fd fd, final boolean whatever) {
        final FileStatus status = FileCalls.status(fd);
        final boolean outside =
                status.type() == FileStatus.S_IFIFO || status.type() == FileStatus.S_IFSOCK || isTerminal(status);
        if (whatever || outside) {
            streams.put(number, new Stream(fd, status));
        } else {
            fd.close();
        }
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
        for (final var stream : streams.entrySet()) {
            if (isStream(stream.getValue(), self, pid, number, status)) {
                return OptionalInt.of(stream.getKey());
            }
        }
        return OptionalInt.empty();
    }

    private static boolean isStream(
            final Stream stream, final int self, final int pid, final int number, final FileStatus status) {
        final FileStatus own = stream.status;
        if (!own.sameFile(status)) {
            return false;
        }
        if (ProcessCalls.compare(self, pid, ProcessCalls.KCMP_FILE, stream.fd.number(), number) == 0) {
            return true;
        }
        // Opened again by name (/dev/pts/3, /dev/stdout): the same terminal or pipe, a new open file.
        return isTerminal(own) || own.type() == FileStatus.S_IFIFO && sameDirection(stream.fd, pid, number);
    }

    private static boolean isTerminal(final FileStatus status) {
        final int major = (int) (status.rdev() >>> 32);
        return status.type() == FileStatus.S_IFCHR && (major >= 136 && major <= 143 || major == 4 || major == 5);
    }

    private static boolean sameDirection(final Fd own, final int pid, final int number) {
        final long flags = FileCalls.fcntl(own.number(), FileCalls.F_GETFL, 0);
        final int other = FdInfo.read(pid, number).flags();
        return (flags & FileCalls.O_ACCMODE) == (other & FileCalls.O_ACCMODE);
    }

    /** The agent's descriptor of a stream; empty where it was closed at launch. It belongs to this object. */
    public Optional<Fd> stream(final int number) {
        return Optional.ofNullable(streams.get(number)).map(Stream::fd);
    }

    @Override
    public void close() {
        streams.values().forEach(s -> s.fd.close());
    }
}
