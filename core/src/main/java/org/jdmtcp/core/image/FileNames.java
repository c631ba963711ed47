package org.jdmtcp.core.image;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Paths as the typed Linux calls want them. */
final class FileNames {
    private static final Charset NATIVE = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private FileNames() {}

    /** The path's bytes, one per character. */
    static String bytes(final Path path) {
        return new String(path.toString().getBytes(NATIVE), StandardCharsets.ISO_8859_1);
    }
}
