package org.jdmtcp.core.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.MemoryCalls.Range;

/**
 * Reads one image. What it says was checked against a checksum first. Safe on several threads; every method throws
 * {@link ImageException} where the file is not whole.
 */
public final class ImageReader implements AutoCloseable {
    private ImageReader() {}

    /** Opens an image and reads its metadata; the data blocks are not looked at. */
    public static ImageReader open(final Path file) {
        throw new UnsupportedOperationException();
    }

    /** Reads every block and compares it with its checksum. */
    public void verify() {
        throw new UnsupportedOperationException();
    }

    /** The file's name as given. */
    public Path file() {
        throw new UnsupportedOperationException();
    }

    /** The open file, owned by this reader: to be handed to the process that reads {@link #rawPieces} itself. */
    public Fd fd() {
        throw new UnsupportedOperationException();
    }

    /** How the image was compressed. */
    public Codec codec() {
        throw new UnsupportedOperationException();
    }

    /** Who else than its owner could have written the file: a sentence for a warning; empty where nobody. */
    public Optional<String> doubt() {
        throw new UnsupportedOperationException();
    }

    /** The message of that name. */
    public Optional<byte[]> section(final String name) {
        throw new UnsupportedOperationException();
    }

    /** All names of messages. */
    public Set<String> sections() {
        throw new UnsupportedOperationException();
    }

    /** To which checkpoint the image belongs; empty where it was written alone. */
    public Optional<SetIdentity> set() {
        throw new UnsupportedOperationException();
    }

    /** All runs of pages, sorted by address, without overlap. */
    public List<PageRun> runs() {
        throw new UnsupportedOperationException();
    }

    /** Whether all page data stands in the file as it is, so that {@link #rawPieces} can be asked. */
    public boolean isRaw() {
        throw new UnsupportedOperationException();
    }

    /**
     * Where the DATA pages within some ranges stand in the file, sorted by address.
     *
     * @throws IllegalStateException where the image is not {@linkplain #isRaw raw}: use {@link #load}
     */
    public List<RawPiece> rawPieces(final List<Range> wanted) {
        throw new UnsupportedOperationException();
    }

    /**
     * Writes the DATA and ZERO pages within some ranges (sorted, page-aligned) into a process, which must have them
     * mapped writable. Checks the blocks that it reads. Any codec.
     *
     * @throws org.jdmtcp.spi.linux.LinuxException ESRCH, EPERM, EFAULT of {@code process_vm_writev(2)}
     */
    public void load(final int targetPid, final List<Range> wanted) {
        throw new UnsupportedOperationException();
    }

    /** The size in bytes of the file that was stored under this number; empty where there is none. */
    public Optional<Long> contentsSize(final long id) {
        throw new UnsupportedOperationException();
    }

    /** Gives a file the size and the bytes that were stored under this number. It should be new: holes are left as they are. */
    public void writeContents(final long id, final Fd into) {
        throw new UnsupportedOperationException();
    }

    /** The names under which parts of files were stored. */
    public Set<String> fileContentKeys() {
        throw new UnsupportedOperationException();
    }

    /** Which bytes are stored under a name, without the holes, sorted; empty for an unknown name. */
    public List<Range> fileContentRanges(final String key) {
        throw new UnsupportedOperationException();
    }

    /** Writes the bytes stored under a name to where they were in the file. */
    public void writeFileContents(final String key, final Fd into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
