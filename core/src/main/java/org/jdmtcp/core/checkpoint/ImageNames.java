package org.jdmtcp.core.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jdmtcp.core.freeze.FrozenProcess;

/** Names of image files: {@code ckpt_<program>_<unique id>.dmtcp}. */
final class ImageNames {
    private final CheckpointOptions options;
    private final String host = host();

    ImageNames(final CheckpointOptions options) {
        this.options = options;
    }

    /** The same name at every checkpoint, so that a new image replaces the old, unless the user wants to keep all. */
    String of(final FrozenProcess process) {
        final String program = process.command().replaceAll("[^A-Za-z0-9._+-]", "_");
        final String generation =
                options.uniqueNames() ? String.format(java.util.Locale.ROOT, "_%05d", options.generation()) : "";
        return "ckpt_" + program + "_" + options.computation() + "-" + host + "-" + process.ownPid() + generation
                + ".dmtcp";
    }

    /** Whether an earlier image of that name, of this computation and host, is not to be kept. */
    boolean givesWay(final String name) {
        return !options.uniqueNames() && name.contains("_" + options.computation() + "-" + host + "-");
    }

    // Hosts may write into one directory, and their pids may be equal.
    private static String host() {
        final CRC32C hash = new CRC32C();
        try {
            hash.update(Files.readString(Path.of("/proc/sys/kernel/hostname")).getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            throw new UncheckedIOException("the host's name cannot be read", e);
        }
        return Long.toHexString(hash.getValue());
    }
}
