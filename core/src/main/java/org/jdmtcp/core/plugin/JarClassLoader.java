package org.jdmtcp.core.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import org.jspecify.annotations.Nullable;

/** The classes and resources of one jar, from memory: what was checked is what is loaded, whatever becomes of the file. */
final class JarClassLoader extends ClassLoader {
    private static final ClassLoader SPI = new SpiClassLoader();

    static {
        registerAsParallelCapable();
    }

    private final URI jar;
    private final Map<String, byte[]> entries;
    private final Attributes manifest;
    private final ProtectionDomain domain;

    /**
     * @param jar where it was read from, for messages and URLs
     * @param entries its files, by name
     * @param manifest the main attributes of its manifest
     */
    JarClassLoader(final URI jar, final Map<String, byte[]> entries, final Attributes manifest) {
        super("jdmtcp-plugin:" + jar.getPath(), SPI);
        this.jar = jar;
        this.entries = entries;
        this.manifest = manifest;
        try {
            domain = new ProtectionDomain(new CodeSource(jar.toURL(), (Certificate[]) null), null, this, null);
        } catch (final IOException e) {
            throw new IllegalArgumentException(jar + " cannot be named as a URL", e);
        }
    }

    @Override
    protected Class<?> findClass(final String name) throws ClassNotFoundException {
        final byte[] bytes = entries.get(name.replace('.', '/') + ".class");
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        final int dot = name.lastIndexOf('.');
        if (dot > 0 && getDefinedPackage(name.substring(0, dot)) == null) {
            definePackage(name.substring(0, dot));
        }
        return defineClass(name, bytes, 0, bytes.length, domain);
    }

    private void definePackage(final String name) {
        try {
            definePackage(
                    name,
                    manifest.getValue(Attributes.Name.SPECIFICATION_TITLE),
                    manifest.getValue(Attributes.Name.SPECIFICATION_VERSION),
                    manifest.getValue(Attributes.Name.SPECIFICATION_VENDOR),
                    manifest.getValue(Attributes.Name.IMPLEMENTATION_TITLE),
                    manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION),
                    manifest.getValue(Attributes.Name.IMPLEMENTATION_VENDOR),
                    null);
        } catch (final IllegalArgumentException e) {
            // Another thread was faster: it is defined, and that is all that was wanted.
            if (getDefinedPackage(name) == null) {
                throw e;
            }
        }
    }

    @Override
    protected @Nullable URL findResource(final String name) {
        final byte[] bytes = entries.get(name);
        return bytes == null ? null : url(name, bytes);
    }

    @Override
    protected Enumeration<URL> findResources(final String name) {
        final byte[] bytes = entries.get(name);
        return bytes == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(url(name, bytes)));
    }

    private URL url(final String name, final byte[] bytes) {
        try {
            final URI entry = new URI("jdmtcp-plugin", null, jar.getPath() + "!/" + name, null);
            return URL.of(entry, new FromMemory(bytes));
        } catch (final IOException | java.net.URISyntaxException e) {
            throw new IllegalArgumentException(name + " in " + jar + " cannot be named as a URL", e);
        }
    }

    private static final class FromMemory extends URLStreamHandler {
        private final byte[] bytes;

        FromMemory(final byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        protected URLConnection openConnection(final URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() {
                    connected = true;
                }

                @Override
                public InputStream getInputStream() {
                    return new ByteArrayInputStream(bytes);
                }
            };
        }
    }
}
