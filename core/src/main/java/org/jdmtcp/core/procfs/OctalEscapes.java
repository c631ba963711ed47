package org.jdmtcp.core.procfs;

/** The kernel's way of writing characters that would break a line or a field: a backslash and three octal digits. */
final class OctalEscapes {
    private OctalEscapes() {}

    /** Decodes every escape, as in mountinfo, where the backslash itself is escaped too. */
    static String decode(String text) {
        return decode(text, -1);
    }

    /**
     * Decodes only the newline, as in maps: there nothing else is escaped, not even the backslash, so {@code \040} in a name
     * stands for itself. (A name that really holds {@code \012} cannot be told from one with a newline; map_files can.)
     */
    static String decodeNewlines(String text) {
        return decode(text, '\n');
    }

    private static String decode(String text, int only) {
        int i = text.indexOf('\\');
        if (i < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int copied = 0;
        while (i >= 0) {
            int octet = escapeAt(text, i);
            if (octet >= 0 && (only < 0 || octet == only)) {
                out.append(text, copied, i).append((char) octet);
                copied = i + 4;
                i += 3;
            }
            i = text.indexOf('\\', i + 1);
        }
        return out.append(text, copied, text.length()).toString();
    }

    private static int escapeAt(String text, int i) {
        if (i + 3 >= text.length()) {
            return -1;
        }
        int value = 0;
        for (int k = 1; k <= 3; k++) {
            int digit = text.charAt(i + k) - '0';
            if (digit < 0 || digit > 7) {
                return -1;
            }
            value = value * 8 + digit;
        }
        return value < 256 ? value : -1;
    }
}
