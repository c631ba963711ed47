package org.jdmtcp.plugin.fd;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/** Paths as the kernel has them: bytes without an encoding, one char for each byte in Java. */
final class BytePath {
    private static final String DELETED = " (deleted)";

    private BytePath() {}

    static ByteString bytes(final String path) {
        return ByteString.copyFrom(path, StandardCharsets.ISO_8859_1);
    }

    static String of(final ByteString bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the link of a descriptor is a path at all, and not {@code pipe:[1]} or {@code anon_inode:...}. */
    static boolean isPath(final String target) {
        return target.startsWith("/");
    }

    /** Whether the kernel marked the name as gone; a name may end like that by itself, too. */
    static boolean isMarkedDeleted(final String target) {
        return target.endsWith(DELETED);
    }

    /** The name that it had. */
    static String withoutMark(final String target) {
        return isMarkedDeleted(target) ? target.substring(0, target.length() - DELETED.length()) : target;
    }

    /** The directory part; {@code /} at the top. */
    static String directory(final String path) {
        return path.substring(0, Math.max(1, path.lastIndexOf('/')));
    }
}
