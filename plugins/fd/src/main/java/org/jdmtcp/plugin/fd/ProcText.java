package org.jdmtcp.plugin.fd;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;

/** Files of {@code /proc} as lines of bytes. They are read in large pieces: some tell nothing to who begins with a small one. */
final class ProcText {
    private static final int PIECE = 64 << 10;

    private ProcText() {}

    /** All lines; one char for each byte. @throws org.jdmtcp.spi.linux.LinuxException ENOENT, EACCES, ESRCH */
    static Stream<String> lines(final String path) {
        try (Arena arena = Arena.ofConfined();
                Fd file = FileCalls.open(path, FileCalls.O_RDONLY)) {
            final MemorySegment piece = arena.allocate(PIECE);
            final ByteArrayOutputStream text = new ByteArrayOutputStream();
            long size = PIECE;
            while (size > 0) {
                size = Linux.check(FileCalls.read(file, piece), "read of " + path);
                text.writeBytes(piece.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE));
            }
            return text.toString(StandardCharsets.ISO_8859_1).lines();
        }
    }
}
