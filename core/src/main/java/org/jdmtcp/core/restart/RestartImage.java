package org.jdmtcp.core.restart;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdmtcp.core.image.ImageException;
import org.jdmtcp.core.image.ImageReader;
import org.jdmtcp.core.process.message.ComputationState;
import org.jdmtcp.core.process.message.Identity;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.core.process.message.ProcessState;
import org.jdmtcp.core.process.message.Zombie;

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

    /**
     * The same, for a pid namespace: there is no outside that the processes could belong to, and they find the numbers of
     * the group and session that they were launched in. Those of the namespace's init (1) are outside all the same.
     */
    RestartImage inNamespace() {
        final ProcessState.Builder state = process.toBuilder();
        final Identity.Builder identity = state.getIdentityBuilder();
        identity.setGroup(number(identity.getGroup(), identity.getOuterGroup()));
        identity.setSession(number(identity.getSession(), identity.getOuterSession()));
        for (final Zombie.Builder zombie : state.getZombiesBuilderList()) {
            zombie.setGroup(number(zombie.getGroup(), zombie.getOuterGroup()));
            zombie.setSession(number(zombie.getSession(), zombie.getOuterSession()));
        }
        return new RestartImage(reader, state.build(), computation, plugins);
    }

    private static int number(final int own, final int outer) {
        return own != 0 || outer == 1 ? own : outer;
    }

    int pid() {
        return process.getIdentity().getPid();
    }

    @Override
    public void close() {
        reader.close();
    }
}
