package org.jdmtcp.core.procfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * The one place that touches {@code /proc}: reads files, links and directories, and tells a process that ended from other
 * failures.
 *
 * <p>The size of a {@code /proc} file is 0 until it is read, so it is read until the end into a buffer that each thread keeps.
 */
final class ProcFile {
    private static final int CHUNK = 64 << 10;
    private static final int PATH_SIZE = 256;

    private static final ThreadLocal<Reader> READER = ThreadLocal.withInitial(Reader::new);

    private ProcFile() {}

    /** The whole of a file of {@code dir}. It lies in this thread's buffer: parse it before this thread reads another one. */
    static ByteText read(ProcDir dir, String name) {
        String path = dir.file(name);
        try {
            return slurp(path, name);
        } catch (IOException e) {
            throw failure(dir, path, e);
        }
    }

    /** As {@link #read}, for a file that belongs to no process. */
    static ByteText readGlobal(String path) {
        try {
            return slurp(path, path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private static ByteText slurp(String path, String name) throws IOException {
        return READER.get().read(path, name);
    }

    /** The buffers of one thread. Read by bare system calls: in the pause of a checkpoint each file counts. */
    private static final class Reader {
        private final MemorySegment path = Arena.ofAuto().allocate(PATH_SIZE);
        private final MemorySegment chunk = Arena.ofAuto().allocate(CHUNK);
        private byte[] bytes = new byte[CHUNK];

        ByteText read(String file, String name) throws IOException {
            path.setString(0, file, ISO_8859_1);
            long fd = Linux.raw(
                    SystemCall.OPENAT, FileCalls.AT_FDCWD, path.address(), FileCalls.O_RDONLY | FileCalls.O_CLOEXEC);
            if (Errno.isError(fd)) {
                throw failure(fd);
            }
            try {
                int length = readAll(fd); // which may put a larger array in the place of the first
                return new ByteText(name, bytes, length);
            } finally {
                Linux.raw(SystemCall.CLOSE, fd);
            }
        }

        private int readAll(long fd) throws IOException {
            int length = 0;
            while (true) {
                long n = Linux.raw(SystemCall.READ, fd, chunk.address(), CHUNK);
                if (Errno.isError(n)) {
                    throw failure(n);
                }
                if (n == 0) {
                    return length;
                }
                if (length + n > bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * bytes.length);
                }
                MemorySegment.copy(chunk, ValueLayout.JAVA_BYTE, 0, bytes, length, (int) n);
                length += (int) n;
            }
        }

        Optional<String> readLink(String file) throws IOException {
            path.setString(0, file, ISO_8859_1);
            long n = Linux.raw(SystemCall.READLINK, path.address(), chunk.address(), CHUNK);
            if (n == -Errno.ENOENT || n == -Errno.EINVAL) {
                return Optional.empty();
            }
            if (Errno.isError(n)) {
                throw failure(n);
            }
            return Optional.of(new String(chunk.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE), ISO_8859_1));
        }

        private static IOException failure(long result) {
            return new IOException(Errno.message((int) -result));
        }
    }

    /** Names in a directory of {@code dir}, in the kernel's order. */
    static String[] list(ProcDir dir, String name) {
        String path = dir.file(name);
        String[] names = new File(path).list();
        if (names == null) {
            throw failure(dir, path, new IOException("the directory cannot be listed"));
        }
        return names;
    }

    /** Names in a directory of {@code dir} that are decimal numbers, ascending. */
    static int[] listNumbers(ProcDir dir, String name) {
        String[] names = list(dir, name);
        int[] numbers = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            numbers[i] = Integer.parseInt(names[i]);
        }
        Arrays.sort(numbers);
        return numbers;
    }

    /** What a link of {@code dir} points to, as a byte string; empty if there is no such link while the process lives. */
    static Optional<String> readLink(ProcDir dir, String name) {
        String path = dir.file(name);
        try {
            Optional<String> target = READER.get().readLink(path);
            if (target.isEmpty() && isGone(dir)) {
                throw new ProcessGoneException(dir.pid(), dir.tid(), new IOException("no " + path));
            }
            return target;
        } catch (IOException e) {
            throw failure(dir, path, e);
        }
    }

    private static RuntimeException failure(ProcDir dir, String path, IOException cause) {
        if (isGone(dir) || isDead(dir)) {
            return new ProcessGoneException(dir.pid(), dir.tid(), cause);
        }
        String advice = new File(path).exists()
                ? "; run this as the user that owns process " + dir.pid() + ", or as root"
                : "; the process lives, but has no such file: closed meanwhile, or this kernel is built without it";
        return new UncheckedIOException("cannot read " + path + ": " + cause.getMessage() + advice, cause);
    }

    private static boolean isGone(ProcDir dir) {
        return !new File(dir.path()).exists();
    }

    /**
     * ESRCH from a directory that is there means a zombie or a dying task, which {@code stat} shows.
     */
    private static boolean isDead(ProcDir dir) {
        try {
            char state = Stat.parse(slurp(dir.file("stat"), "stat")).state();
            return state == 'Z' || state == 'X';
        } catch (IOException e) {
            return isGone(dir);
        }
    }
}
