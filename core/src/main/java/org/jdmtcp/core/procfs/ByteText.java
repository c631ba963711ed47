package org.jdmtcp.core.procfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * A cursor over the octets of a {@code /proc} file, from which parsers take numbers and byte strings without making garbage.
 * Not thread-safe; lives for the length of one parse.
 */
final class ByteText {
    private final String file;
    private final byte[] bytes;
    private final int end;
    private int pos;

    ByteText(String file, byte[] bytes) {
        this(file, bytes, bytes.length);
    }

    ByteText(String file, byte[] bytes, int length) {
        this.file = file;
        this.bytes = bytes;
        this.end = length;
    }

    boolean atEnd() {
        return pos >= end;
    }

    int position() {
        return pos;
    }

    int length() {
        return end;
    }

    void seek(int position) {
        pos = position;
    }

    /** The octet here, 0 to 255, or -1 at the end. */
    int peek() {
        return pos < end ? bytes[pos] & 0xff : -1;
    }

    int next() {
        if (pos >= end) {
            throw malformed("more text");
        }
        return bytes[pos++] & 0xff;
    }

    void expect(char c) {
        if (peek() != c) {
            throw malformed("'" + (c == '\n' ? "\\n" : String.valueOf(c)) + "'");
        }
        pos++;
    }

    void expect(String word) {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i));
        }
    }

    /** Blanks and tabs, not newlines. */
    void skipBlanks() {
        while (pos < end && (bytes[pos] == ' ' || bytes[pos] == '\t')) {
            pos++;
        }
    }

    /** Moves behind the newline of this line. A file always ends its last line, so a line without is a file cut short. */
    void skipLine() {
        pos = lineEnd() + 1;
    }

    /** Where the newline of this line is. */
    int lineEnd() {
        int i = pos;
        while (i < end && bytes[i] != '\n') {
            i++;
        }
        if (i == end) {
            throw new ProcFormatException(file, end, "a newline", "the end");
        }
        return i;
    }

    /** The rest of this line as a byte string; moves behind its newline. */
    String line() {
        int stop = lineEnd();
        String s = slice(pos, stop);
        pos = stop + 1;
        return s;
    }

    /** The octets up to {@code c} as a byte string; moves behind it. */
    String until(char c) {
        int i = pos;
        while (i < end && bytes[i] != c && bytes[i] != '\n') {
            i++;
        }
        if (i == end || bytes[i] != c) {
            pos = i;
            throw malformed("'" + c + "'");
        }
        String s = slice(pos, i);
        pos = i + 1;
        return s;
    }

    String slice(int from, int to) {
        return new String(bytes, from, to - from, ISO_8859_1);
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, end);
    }

    int indexOf(int octet, int from) {
        for (int i = from; i < end; i++) {
            if (bytes[i] == octet) {
                return i;
            }
        }
        return -1;
    }

    int lastIndexOf(int octet) {
        int i = end - 1;
        while (i >= 0 && bytes[i] != octet) {
            i--;
        }
        return i;
    }

    /** A decimal number, perhaps negative. Numbers of 64 bits without sign come out as the same bits. */
    long dec() {
        boolean negative = peek() == '-';
        if (negative) {
            pos++;
        }
        long value = digits(10);
        return negative ? -value : value;
    }

    int decInt() {
        return (int) dec();
    }

    long hex() {
        return digits(16);
    }

    /** A hexadecimal number that may begin with 0x. */
    long prefixedHex() {
        if (peek() == '0' && pos + 1 < end && bytes[pos + 1] == 'x') {
            pos += 2;
        }
        return digits(16);
    }

    long octal() {
        return digits(8);
    }

    private long digits(int radix) {
        long value = 0;
        int first = pos;
        while (pos < end) {
            int digit = Character.digit(bytes[pos], radix);
            if (digit < 0) {
                break;
            }
            value = value * radix + digit;
            pos++;
        }
        if (pos == first) {
            throw malformed("a number of base " + radix);
        }
        return value;
    }

    ProcFormatException malformed(String expected) {
        int stop = Math.min(end, pos + 20);
        String found = pos >= end ? "the end" : "'" + slice(pos, stop).replace("\n", "\\n") + "'";
        return new ProcFormatException(file, pos, expected, found);
    }
}
