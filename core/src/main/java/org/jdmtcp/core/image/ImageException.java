package org.jdmtcp.core.image;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An image could not be written, or is not fit to be restarted from. The message names the file, the cause and, where
 * there is something to do, what to do; it is for the user's eyes as it is.
 */
public final class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String file;

    /** @param what goes on where the file's name ends: {@code "is truncated: ..."} */
    public ImageException(final Path file, final String what, final @Nullable Throwable cause) {
        super(file + " " + what, cause);
        this.file = file.toString();
    }

    /** @param what goes on where the file's name ends: {@code "is truncated: ..."} */
    public ImageException(final Path file, final String what) {
        this(file, what, null);
    }

    /** The image. */
    public Path file() {
        return Path.of(file);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
