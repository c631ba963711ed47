package org.jdmtcp.plugin.shm;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;

/** Names as the kernel has them: bytes that need not be text. A char of a byte string is a byte. */
final class ByteStrings {
    private ByteStrings() {}

    static ByteString bytes(final String byteString) {
        return ByteString.copyFrom(byteString, StandardCharsets.ISO_8859_1);
    }

    static String of(final ByteString bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
