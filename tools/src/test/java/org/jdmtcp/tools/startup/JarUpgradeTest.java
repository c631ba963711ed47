package org.jdmtcp.tools.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class JarUpgradeTest {
    @Test
    void picocliPassesTheNewVerifier(@TempDir Path directory) throws Exception {
        Path original = Path.of(CommandLine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path upgraded = directory.resolve("picocli.jar");

        JarUpgrade.copy(original, upgraded);

        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {upgraded.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            try (DataInputStream bytes = new DataInputStream(loader.getResourceAsStream("picocli/CommandLine.class"))) {
                bytes.skipBytes(6);
                assertThat(bytes.readUnsignedShort()).isEqualTo(52);
            }
            // Initialising a class verifies all of its code.
            Class<?> type = Class.forName("picocli.CommandLine", true, loader);
            assertThat(type.getField("VERSION").get(null)).isEqualTo(CommandLine.VERSION);
        }
    }
}
