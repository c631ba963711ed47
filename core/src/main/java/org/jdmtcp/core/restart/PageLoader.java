package org.jdmtcp.core.restart;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.image.ImageReader;
import org.jdmtcp.core.image.PageRun;
import org.jdmtcp.core.image.RawPiece;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.jdmtcp.spi.linux.SystemCall;

/** Brings the pages of an image into a process: read by the process itself where they are stored as they are. */
final class PageLoader {
    private static final int MADV_DONTNEED = 4;
    private static final int PER_BATCH = 2000;
    private static final long ZEROS = 1 << 20;

    private final Newborn process;
    private final ImageReader reader;
    private final Inheritance inheritance;

    PageLoader(final Newborn process, final ImageReader reader, final Inheritance inheritance) {
        this.process = process;
        this.reader = reader;
        this.inheritance = inheritance;
    }

    /** Loads all pages. @param number of the image's descriptor in the process */
    void load(final List<MappingState> mappings, final int number) {
        dropParents();
        final List<Range> wanted = mappings.stream()
                .map(m -> new Range(m.getStart(), m.getEnd() - m.getStart()))
                .toList();
        if (reader.isRaw()) {
            readInProcess(reader.rawPieces(wanted), number);
            writeZeros();
        } else {
            reader.load(process.pid(), wanted);
        }
    }

    // Pages that the parent has and this process has not.
    private void dropParents() {
        if (inheritance == Inheritance.NONE) {
            return;
        }
        final Steps steps = new Steps(process);
        for (final PageRun run : reader.runs()) {
            if (run.kind() == PageRun.Kind.ABSENT) {
                steps.call(SystemCall.MADVISE, run.address(), run.size(), MADV_DONTNEED);
            }
        }
        steps.run();
    }

    private void readInProcess(final List<RawPiece> pieces, final int number) {
        for (int from = 0; from < pieces.size(); from += PER_BATCH) {
            final List<RawPiece> part = pieces.subList(from, Math.min(pieces.size(), from + PER_BATCH));
            final Batch batch = process.scratch().batch();
            part.forEach(p -> batch.must(SystemCall.PREAD64, number, p.address(), p.size(), p.fileOffset()));
            batch.run();
            for (int i = 0; i < part.size(); i++) {
                if (batch.result(i) != part.get(i).size()) {
                    throw new LinuxException("pread of " + part.get(i) + " from " + reader.file(), Errno.EIO);
                }
            }
        }
    }

    private void writeZeros() {
        final List<PageRun> zeros = new ArrayList<>();
        reader.runs().stream().filter(r -> r.kind() == PageRun.Kind.ZERO).forEach(zeros::add);
        if (zeros.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            final var none = MemoryCalls.allocate(arena, ZEROS);
            for (final PageRun run : zeros) {
                for (long done = 0; done < run.size(); done += ZEROS) {
                    MemoryCalls.write(
                            process.pid(), run.address() + done, none.asSlice(0, Math.min(ZEROS, run.size() - done)));
                }
            }
        }
    }
}
