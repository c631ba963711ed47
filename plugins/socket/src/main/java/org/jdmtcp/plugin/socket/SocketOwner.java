package org.jdmtcp.plugin.socket;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;

/** Who has a socket, for people. Slow: it looks through {@code /proc}. */
final class SocketOwner {
    private SocketOwner() {}

    /** {@code nginx (pid 812)}, or {@code another program} where this user may not see it. */
    static String of(final long inode) {
        final String target = "socket:[" + inode + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (final Path process : processes) {
                if (has(process.resolve("fd"), target)) {
                    return command(process) + " (pid " + process.getFileName() + ")";
                }
            }
        } catch (final IOException e) {
            return "another program (" + e.getMessage() + ")";
        }
        return "another program";
    }

    private static boolean has(final Path descriptors, final String target) {
        if (!Files.isReadable(descriptors)) {
            return false;
        }
        try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
            for (final Path link : links) {
                if (FileCalls.readLink(link.toString()).equals(Optional.of(target))) {
                    return true;
                }
            }
        } catch (final IOException | LinuxException e) {
            return false; // it has ended meanwhile, or may not be looked into
        }
        return false;
    }

    private static String command(final Path process) throws IOException {
        return Files.readString(process.resolve("comm")).strip();
    }
}
