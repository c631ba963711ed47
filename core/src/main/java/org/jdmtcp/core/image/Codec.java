package org.jdmtcp.core.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the blocks of an image are compressed. The names are those of {@code --compress}. */
public enum Codec {
    /** Not at all: page data is page-aligned in the file. */
    NONE(0),
    /** Zstandard. */
    ZSTD(1),
    /** LZ4: its level is not used. */
    LZ4(0),
    /** Deflate, as gzip does. */
    GZIP(1);

    private final int defaultLevel;

    Codec(final int defaultLevel) {
        this.defaultLevel = defaultLevel;
    }

    /** The level that costs the least time. */
    public int defaultLevel() {
        return defaultLevel;
    }

    /** The name on the command line and in an image: {@code none}, {@code zstd}, {@code lz4}, {@code gzip}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The codec of that name. @throws IllegalArgumentException with a message for the user */
    public static Codec of(final String label) {
        for (final Codec codec : values()) {
            if (codec.label().equals(label)) {
                return codec;
            }
        }
        throw new IllegalArgumentException("there is no compression \"" + label + "\"; choose one of "
                + Arrays.stream(values()).map(Codec::label).collect(Collectors.joining(", ")));
    }
}
