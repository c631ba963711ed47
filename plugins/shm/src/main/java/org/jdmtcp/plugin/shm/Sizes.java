package org.jdmtcp.plugin.shm;

import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.view.MappingView;

/** How large mapped objects are. */
final class Sizes {
    private Sizes() {}

    /** Bytes: of the file where this user can reach it, else up to the end of the last page that is mapped. */
    static long of(final MappingView mapping) {
        return mapping.open()
                .map(fd -> FileCalls.status(fd).size())
                .orElseGet(() -> mapping.places().stream()
                        .mapToLong(place -> place.offset() + place.size())
                        .max()
                        .orElse(0));
    }

    /** Gives a new file its size and contents; closes it where that fails. */
    static void fill(final Fd file, final long contentsId, final RestoreContext context) {
        try {
            context.writeContents(contentsId, file);
        } catch (final RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
