package org.jdmtcp.core.restart;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jdmtcp.core.image.ImageException;
import org.jdmtcp.core.image.ImageReader;
import org.jdmtcp.core.process.message.ComputationState;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.core.process.message.ProcessState;

/** An image that was read and found whole, with its messages decoded. */
record RestartImage(
        ImageReader reader, ProcessState process, ComputationState computation, Map<String, PluginState> plugins)
        implements AutoCloseable {
    private static final String PLUGIN = "plugin:";

    /** @throws ImageException naming the file and what is wrong with it */
    static RestartImage open(final Path path) {
        final ImageReader reader = ImageReader.open(path);
        try {
            reader.verify();
            final Map<String, PluginState> plugins = new LinkedHashMap<>();
            for (final String section : reader.sections()) {
                if (section.startsWith(PLUGIN)) {
                    plugins.put(section.substring(PLUGIN.length()), read(reader, section, PluginState.parser()));
                }
            }
            return new RestartImage(
                    reader,
                    read(reader, "process", ProcessState.parser()),
                    read(reader, "computation", ComputationState.parser()),
                    plugins);
        } catch (final RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private static <M> M read(final ImageReader reader, final String section, final Parser<M> parser) {
        final byte[] bytes = reader.section(section)
                .orElseThrow(() -> new ImageException(reader.file(), "lacks the section \"" + section + "\""));
        try {
            return parser.parseFrom(bytes);
        } catch (final InvalidProtocolBufferException e) {
            throw new ImageException(reader.file(), "has a section \"" + section + "\" that cannot be read", e);
        }
    }

    /** The same without what those plugins have written. */
    RestartImage without(final Set<String> ids) {
        final Map<String, PluginState> rest = new LinkedHashMap<>(plugins);
        rest.keySet().removeAll(ids);
        return new RestartImage(reader, process, computation, rest);
    }

    int pid() {
        return process.getIdentity().getPid();
    }

    @Override
    public void close() {
        reader.close();
    }
}
