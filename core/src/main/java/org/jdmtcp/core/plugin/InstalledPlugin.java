package org.jdmtcp.core.plugin;

import java.nio.file.Path;
import java.util.Optional;
import org.jdmtcp.spi.Plugin;

/**
 * A plugin that is there.
 *
 * @param plugin as the engine may call it
 * @param id its id
 * @param version empty where it has none
 * @param jar where it was loaded from; empty for one that belongs to the installation
 */
public record InstalledPlugin(Plugin plugin, String id, String version, Optional<Jar> jar) {
    /**
     * A file.
     *
     * @param sha256 of its bytes, in hex
     */
    public record Jar(Path path, String sha256) {}

    static InstalledPlugin builtIn(final Plugin plugin) {
        return new InstalledPlugin(plugin, plugin.id(), plugin.version(), Optional.empty());
    }

    String place() {
        return jar.map(j -> j.path().toString()).orElse("the installation");
    }
}
