package org.jdmtcp.core.plugin;

import java.util.List;

/** What a user's plugin sees: the JDK, the SPI, and what the SPI's own signatures name; nothing else of this program. */
final class SpiClassLoader extends ClassLoader {
    private static final List<String> VISIBLE =
            List.of("org.jdmtcp.spi.", "com.google.protobuf.", "org.slf4j.", "org.jspecify.annotations.");

    SpiClassLoader() {
        super("jdmtcp-spi", getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(final String name) throws ClassNotFoundException {
        if (VISIBLE.stream().anyMatch(name::startsWith)) {
            return SpiClassLoader.class.getClassLoader().loadClass(name);
        }
        throw new ClassNotFoundException(name);
    }
}
