package org.jdmtcp.core.image;

import com.google.protobuf.MessageLite;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/**
 * Writes one image. {@link #memory}, {@link #contents}, {@link #fileContents} and {@link #section} may be called in any
 * order and as often as there is something, also from several threads, until {@link #finish}. Closing it without that
 * removes the file.
 *
 * <p>Every method throws {@link ImageException} where the file cannot be written (ENOSPC, EDQUOT, EIO, EFBIG) or the
 * source cannot be read (ESRCH: the process is gone).
 */
public final class ImageWriter implements AutoCloseable {
    private ImageWriter() {}

    /** As {@link #create(Path, Codec, int)} with the codec's own level. */
    public static ImageWriter create(final Path temporary, final Codec codec) {
        return create(temporary, codec, codec.defaultLevel());
    }

    /** Makes the file, which must not exist, for this user only. */
    public static ImageWriter create(final Path temporary, final Codec codec, final int level) {
        throw new UnsupportedOperationException();
    }

    /** Who is told, on any thread and after every block, how many bytes the file has by then. */
    public void onProgress(final LongConsumer bytesWritten) {
        throw new UnsupportedOperationException();
    }

    /** Stores memory of a process. */
    public void memory(final MemorySource source) {
        throw new UnsupportedOperationException();
    }

    /**
     * Stores a whole file under a number of the caller's; holes stay holes.
     *
     * @param file readable, or such that {@code /proc/self/fd} opens it for reading; its offset is not moved
     * @param size bytes
     */
    public void contents(final long id, final Fd file, final long size) {
        throw new UnsupportedOperationException();
    }

    /** Stores parts of a file under a name of the caller's, holes left out. As {@link #contents} for the rest. */
    public void fileContents(final String key, final Fd file, final List<Range> ranges) {
        throw new UnsupportedOperationException();
    }

    /** Stores a named message; a second one of the same name takes the place of the first. */
    public void section(final String name, final byte[] data) {
        throw new UnsupportedOperationException();
    }

    /** Stores a named message; a second one of the same name takes the place of the first. */
    public void section(final String name, final MessageLite message) {
        section(name, message.toByteArray());
    }

    /** Completes the file and brings it to the disk. The name in the directory is the caller's to sync. */
    public ImageSummary finish() {
        throw new UnsupportedOperationException();
    }

    /** The file's name as given. */
    public Path file() {
        throw new UnsupportedOperationException();
    }

    /** Removes the file unless it was finished. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
