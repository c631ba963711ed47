package org.jdmtcp.core.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.Manifest;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.SpiVersion;

/** A user's jar with plugins, read into memory. All its errors are {@link IllegalArgumentException}s for the user. */
final class PluginJar {
    private static final String SERVICES = "META-INF/services/" + Plugin.class.getName();
    private static final String VERSIONS = "META-INF/versions/";

    private final Path path;
    private final String sha256;
    private final Attributes manifest;
    private final Map<String, byte[]> entries;

    private PluginJar(
            final Path path, final String sha256, final Attributes manifest, final Map<String, byte[]> entries) {
        this.path = path;
        this.sha256 = sha256;
        this.manifest = manifest;
        this.entries = entries;
    }

    /** Reads it. Nothing of it is executed. */
    static PluginJar read(final Path file) {
        final Path path = file.toAbsolutePath().normalize();
        try {
            if (Files.isDirectory(path)) {
                throw new IllegalArgumentException("the plugin " + path + " is a directory: give the jar");
            }
            final byte[] bytes = Files.readAllBytes(path);
            return unpack(path, bytes);
        } catch (final NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "the plugin " + path + " does not exist: correct the path to the jar", e);
        } catch (final IOException e) {
            throw new IllegalArgumentException("the plugin " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static PluginJar unpack(final Path path, final byte[] bytes) throws IOException {
        final Map<String, byte[]> entries = new HashMap<>();
        final Manifest manifest;
        // Not verified: a signature says nothing that the user has not said by naming the file.
        try (JarInputStream jar = new JarInputStream(new ByteArrayInputStream(bytes), false)) {
            for (JarEntry entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
                if (!entry.isDirectory()) {
                    entries.put(entry.getName(), jar.readAllBytes());
                }
            }
            manifest = manifest(jar, entries);
        }
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("the plugin " + path + " is no jar, or an empty one");
        }
        final Attributes attributes = manifest.getMainAttributes();
        if (Boolean.parseBoolean(attributes.getValue(Attributes.Name.MULTI_RELEASE))) {
            chooseRelease(entries);
        }
        return new PluginJar(path, hash(bytes), attributes, Map.copyOf(entries));
    }

    // A JarInputStream finds the manifest only where it comes first, as the jar tool has it.
    private static Manifest manifest(final JarInputStream jar, final Map<String, byte[]> entries) throws IOException {
        if (jar.getManifest() != null) {
            return jar.getManifest();
        }
        final byte[] bytes = entries.get("META-INF/MANIFEST.MF");
        return bytes == null ? new Manifest() : new Manifest(new ByteArrayInputStream(bytes));
    }

    private static void chooseRelease(final Map<String, byte[]> entries) {
        for (int release = 9; release <= Runtime.version().feature(); release++) {
            final String prefix = VERSIONS + release + "/";
            for (final String name : List.copyOf(entries.keySet())) {
                if (name.startsWith(prefix)) {
                    entries.put(name.substring(prefix.length()), entries.getOrDefault(name, new byte[0]));
                }
            }
        }
    }

    private static String hash(final byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java knows SHA-256", e);
        }
    }

    Path path() {
        return path;
    }

    /** Of the file, in hex. */
    String sha256() {
        return sha256;
    }

    /** What its manifest says. */
    Optional<String> version() {
        return Optional.ofNullable(manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION));
    }

    /** Makes its plugins, on the calling thread. */
    List<Plugin> plugins() {
        requireSpi();
        if (!entries.containsKey(SERVICES)) {
            throw new IllegalArgumentException("the jar " + path + " names no plugin: it lacks the file " + SERVICES
                    + " with the name of the plugin's class");
        }
        try {
            final List<Plugin> plugins = new ArrayList<>();
            ServiceLoader.load(Plugin.class, new JarClassLoader(path.toUri(), entries, manifest))
                    .forEach(plugins::add);
            if (plugins.isEmpty()) {
                throw new IllegalArgumentException(
                        "the jar " + path + " names no plugin: its " + SERVICES + " is empty");
            }
            return plugins;
        } catch (final ServiceConfigurationError | LinkageError e) {
            final Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "the plugin of " + path + " cannot be loaded: "
                            + (e instanceof LinkageError ? e : e.getMessage() + (cause == e ? "" : " (" + cause + ")"))
                            + PluginException.hint(cause),
                    e);
        }
    }

    private void requireSpi() {
        final String wanted = manifest.getValue(SpiVersion.HEADER);
        if (wanted == null) {
            return; // what is missing shows when it is used
        }
        final SpiVersion version = SpiVersion.parse(wanted)
                .orElseThrow(() -> new IllegalArgumentException("the manifest of " + path + " has " + SpiVersion.HEADER
                        + ": " + wanted + ", which is not two numbers with a dot between"));
        if (!SpiVersion.CURRENT.runs(version)) {
            throw new IllegalArgumentException("the plugin " + path + " needs version " + version
                    + " of the plugin interface, and this is " + SpiVersion.CURRENT + ": "
                    + (version.major() < SpiVersion.CURRENT.major()
                            ? "get a newer build of the plugin"
                            : "install a newer jdmtcp, or an older build of the plugin"));
        }
    }
}
