package org.jdmtcp.core.procfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;

/** Texts of /proc: those kept from real programs, and those written in a test. */
final class Sample {
    private Sample() {}

    static byte[] file(String name) {
        try (InputStream in = Objects.requireNonNull(Sample.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] text(String byteString) {
        return byteString.getBytes(ISO_8859_1);
    }

    static byte[] cut(byte[] text, int length) {
        return Arrays.copyOf(text, length);
    }
}
