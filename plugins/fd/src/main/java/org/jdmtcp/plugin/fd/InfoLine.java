package org.jdmtcp.plugin.fd;

import java.util.Optional;
import org.jdmtcp.spi.view.DescriptorView;

/** The lines {@code key: value} of fdinfo. */
final class InfoLine {
    private InfoLine() {}

    /** The value of the first line with that key, without blanks around it. */
    static Optional<String> value(final DescriptorView descriptor, final String key) {
        return descriptor.info().stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).trim())
                .findFirst();
    }
}
