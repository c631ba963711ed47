package org.jdmtcp.spi;

import java.util.Optional;

/**
 * A version of this interface between jdmtcp and its plugins. A jar says in its manifest which one it was written for:
 * {@code Jdmtcp-Spi-Version: 1.0}.
 *
 * @param major grows when something is taken away: plugins must be built anew
 * @param minor grows when something is added
 */
public record SpiVersion(int major, int minor) {
    /** The header of the manifest. */
    public static final String HEADER = "Jdmtcp-Spi-Version";

    /** What is installed here. */
    public static final SpiVersion CURRENT = new SpiVersion(1, 0);

    /** Reads {@code 1.0}; empty for anything else. */
    public static Optional<SpiVersion> parse(final String text) {
        if (!text.matches("[0-9]{1,6}\\.[0-9]{1,6}")) {
            return Optional.empty();
        }
        final int dot = text.indexOf('.');
        return Optional.of(
                new SpiVersion(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1))));
    }

    /** Whether what was written for that version runs with this one. */
    public boolean runs(final SpiVersion wanted) {
        return wanted.major == major && wanted.minor <= minor;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
