package org.jdmtcp.tools.agent;

import java.util.List;
import java.util.OptionalInt;

/** A simple command line: options that are all understood, then arguments. */
public final class QuickLine {
    private QuickLine() {}

    /**
     * Gives the options to who takes them.
     *
     * @return the index of the first argument that is no option; empty where picocli is to read the line
     */
    public static OptionalInt read(final List<String> line, final List<QuickOptions> options) {
        int i = 0;
        while (i < line.size() && line.get(i).startsWith("-")) {
            final String word = line.get(i);
            final int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            if (equals < 0 && options.stream().anyMatch(o -> o.takeFlag(word))) {
                i++;
            } else if (equals > 0) {
                final String value = word.substring(equals + 1);
                if (!take(options, word.substring(0, equals), value)) {
                    return OptionalInt.empty();
                }
                i++;
            } else {
                if (i + 1 == line.size() || !take(options, word, line.get(i + 1))) {
                    return OptionalInt.empty();
                }
                i += 2;
            }
        }
        return i == line.size() ? OptionalInt.empty() : OptionalInt.of(i);
    }

    private static boolean take(final List<QuickOptions> options, final String name, final String value) {
        // Quotes and dashes mean something to picocli.
        return !value.isEmpty()
                && !value.startsWith("-")
                && value.indexOf('"') < 0
                && options.stream().anyMatch(o -> o.takeValue(name, value));
    }

    /** A whole number of up to nine digits. */
    static boolean isNumber(final String text) {
        return !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
