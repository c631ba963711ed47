package org.jdmtcp.tools.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the agent is.
 *
 * @param host the host's name
 * @param current the directory that the command was given in
 */
record Directories(String host, Path current) {
    static Directories own() {
        try {
            return new Directories(
                    Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
                    Path.of("").toAbsolutePath());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
