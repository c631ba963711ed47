package org.jdmtcp.core.image;

import java.nio.file.Path;
import java.util.List;

/**
 * The images of one checkpoint in one directory, which become valid together. Until {@link #commit} they have hidden
 * temporary names and the previous checkpoint's images stand untouched. Safe on several threads.
 */
public final class CheckpointSet implements AutoCloseable {
    private CheckpointSet() {}

    /** Begins a checkpoint in a directory, after {@linkplain #settle settling} what an earlier one left there. */
    public static CheckpointSet begin(final Path directory, final SetIdentity identity) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a directory consistent after a writer died: finishes a commit that had begun (its files were all whole by
     * then), removes temporary files of the dead. To be called before a restart; does nothing where the directory is in
     * order or may not be written.
     */
    public static void settle(final Path directory) {
        throw new UnsupportedOperationException();
    }

    /** Checks that images which are to be restarted together are of one checkpoint. @throws ImageException if not */
    public static void requireSameCheckpoint(final List<ImageReader> images) {
        throw new UnsupportedOperationException();
    }

    /** A new image of this set, which carries the set's identity. @param name one of the identity's members */
    public ImageWriter add(final String name, final Codec codec, final int level) {
        throw new UnsupportedOperationException();
    }

    /** Makes all images valid at once; every writer must have finished. On an exception the previous checkpoint stands. */
    public void commit() {
        throw new UnsupportedOperationException();
    }

    /** Removes what was written unless it was committed. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
