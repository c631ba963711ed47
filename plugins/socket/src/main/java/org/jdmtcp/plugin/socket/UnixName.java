package org.jdmtcp.plugin.socket;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/**
 * An address of a UNIX socket ({@code unix(7)}): none, a path, or an abstract name of any bytes.
 *
 * @param bytes {@code struct sockaddr_un}: the family, 2 bytes, and the name
 */
record UnixName(ByteString bytes) {
    private static final int FAMILY_SIZE = 2;

    /** No name; binding to it has the kernel choose an abstract one. */
    static final UnixName NONE = new UnixName(ByteString.copyFrom(new byte[] {1, 0}));

    static UnixName of(final byte[] address) {
        return address.length < FAMILY_SIZE ? NONE : new UnixName(ByteString.copyFrom(address));
    }

    static UnixName of(final ByteString address) {
        return address.size() < FAMILY_SIZE ? NONE : new UnixName(address);
    }

    boolean isNone() {
        return bytes.size() <= FAMILY_SIZE;
    }

    boolean isPath() {
        return !isNone() && bytes.byteAt(FAMILY_SIZE) != 0;
    }

    boolean isRelative() {
        return isPath() && bytes.byteAt(FAMILY_SIZE) != '/';
    }

    /** The path as the program gave it, a byte string. */
    String path() {
        final String path = bytes.substring(FAMILY_SIZE).toString(StandardCharsets.ISO_8859_1);
        final int end = path.indexOf('\0');
        return end < 0 ? path : path.substring(0, end);
    }

    /** Where the path leads for a process in that folder. */
    String path(final String directory) {
        return isRelative() ? directory + "/" + path() : path();
    }

    byte[] address() {
        return bytes.toByteArray();
    }

    /** For people; abstract names as ss and netstat show them. */
    @Override
    public String toString() {
        return isNone()
                ? "no name"
                : isPath() ? path() : "@" + bytes.substring(FAMILY_SIZE + 1).toStringUtf8();
    }
}
