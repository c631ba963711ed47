package org.jdmtcp.tools.log;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;

/**
 * How much is told of which part. A part is a plugin, by its id, or a part of the engine, by its package.
 *
 * @param all of every part that is not named
 * @param parts by name
 */
record LogLevels(Optional<Level> all, Map<String, Level> parts) {
    private static final String EVERY = "all";
    static final LogLevels NONE = new LogLevels(Optional.empty(), Map.of());

    // Apart, since most launches want no log and need not have Java's logging loaded.
    private static final class Words {
        static final Map<String, Level> ALL = words();
    }

    LogLevels {
        parts = Map.copyOf(parts);
    }

    private static Map<String, Level> words() {
        final Map<String, Level> words = new LinkedHashMap<>();
        words.put("off", Level.OFF);
        words.put("error", Level.SEVERE);
        words.put("warn", Level.WARNING);
        words.put("info", Level.INFO);
        words.put("debug", Level.FINE);
        words.put("trace", Level.FINEST);
        return words;
    }

    /** How a level is called. */
    static String word(final Level level) {
        return Words.ALL.entrySet().stream()
                .filter(entry -> entry.getValue().intValue() == level.intValue())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(level.getName());
    }

    /**
     * Reads lists such as {@code socket=trace,fd=debug} or {@code debug}; what comes later goes before.
     *
     * @param source how the user gave it, for messages
     * @throws IllegalArgumentException with a message for the user
     */
    static LogLevels parse(final String source, final List<String> lists) {
        if (lists.isEmpty()) {
            return NONE;
        }
        Optional<Level> all = Optional.empty();
        final Map<String, Level> parts = new LinkedHashMap<>();
        for (final String item : lists.stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList()) {
            final int equals = item.indexOf('=');
            final Level level = level(source, item.substring(equals + 1));
            final String part = equals < 0 ? EVERY : item.substring(0, equals);
            if (part.equals(EVERY)) {
                all = Optional.of(level);
            } else if (part.matches("[a-z][a-z0-9_-]*")) {
                parts.put(part, level);
            } else {
                throw new IllegalArgumentException(
                        source + ": " + item + " is not of the form PART=LEVEL, such as socket=trace");
            }
        }
        return new LogLevels(all, parts);
    }

    private static Level level(final String source, final String word) {
        return Optional.ofNullable(Words.ALL.get(word.toLowerCase(Locale.ROOT)))
                .orElseThrow(() -> new IllegalArgumentException(source + ": there is no level \"" + word
                        + "\"; there are " + String.join(", ", Words.ALL.keySet())));
    }

    /** Together with others, which are asked first. */
    LogLevels under(final LogLevels others) {
        final Map<String, Level> both = new LinkedHashMap<>(parts);
        both.putAll(others.parts);
        return new LogLevels(others.all.or(() -> all), both);
    }

    boolean isEmpty() {
        return all.isEmpty() && parts.isEmpty();
    }

    /** The same as a list. */
    String text() {
        return Stream.concat(
                        all.stream().map(LogLevels::word),
                        parts.entrySet().stream().map(part -> part.getKey() + "=" + word(part.getValue())))
                .reduce((a, b) -> a + "," + b)
                .orElse("");
    }
}
