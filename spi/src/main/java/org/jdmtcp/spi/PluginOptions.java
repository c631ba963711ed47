package org.jdmtcp.spi;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the user has set for one plugin. A value that is not what is asked for makes an {@link IllegalArgumentException} whose
 * message tells the user which one.
 */
public final class PluginOptions {
    private static final int LONGEST_NUMBER = 18;

    private final String plugin;
    private final Map<String, String> values;

    /**
     * @param plugin its id
     * @param values by key
     */
    public PluginOptions(final String plugin, final Map<String, String> values) {
        this.plugin = plugin;
        this.values = new TreeMap<>(values);
    }

    /** All of them, by key. */
    public Map<String, String> all() {
        return Map.copyOf(values);
    }

    /** The value as it was given, if it was. */
    public Optional<String> text(final String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** {@code true}, {@code yes}, {@code on} or {@code 1}, or their contraries. */
    public boolean flag(final String key, final boolean byDefault) {
        return text(key)
                .map(value -> switch (value) {
                    case "true", "yes", "on", "1" -> true;
                    case "false", "no", "off", "0" -> false;
                    default -> throw wrong(key, "neither yes nor no");
                })
                .orElse(byDefault);
    }

    /** A whole number. */
    public long number(final String key, final long byDefault) {
        return text(key)
                .map(value -> {
                    if (!value.matches("-?[0-9]{1," + LONGEST_NUMBER + "}")) {
                        throw wrong(key, "no whole number");
                    }
                    return Long.valueOf(value);
                })
                .orElse(byDefault);
    }

    /** A time: a whole number followed by {@code ms}, {@code s} (which may be left out), {@code m} or {@code h}. */
    public Duration time(final String key, final Duration byDefault) {
        return text(key).map(value -> time(key, value)).orElse(byDefault);
    }

    private Duration time(final String key, final String value) {
        final String number = value.replaceFirst("[a-z]+$", "");
        if (!number.matches("[0-9]{1,9}")) {
            throw wrong(key, "no time such as 500ms, 30s or 5m");
        }
        final long count = Long.parseLong(number);
        return switch (value.substring(number.length())) {
            case "ms" -> Duration.ofMillis(count);
            case "", "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> throw wrong(key, "no time such as 500ms, 30s or 5m");
        };
    }

    /** A path, taken from where the command was given if it is relative. */
    public Optional<Path> path(final String key) {
        return text(key).map(value -> {
            try {
                return Path.of(value).toAbsolutePath();
            } catch (final InvalidPathException e) {
                throw wrong(key, "no path");
            }
        });
    }

    private IllegalArgumentException wrong(final String key, final String what) {
        return new IllegalArgumentException(
                "--plugin-option " + plugin + "." + key + "=" + values.get(key) + ": the value is " + what);
    }
}
