package org.jdmtcp.core.restart;

import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.tracee.PtraceThread;

/** The whole order of a restart. */
public final class RestartSequence {
    /**
     * @param thread the engine's thread
     * @param plugins who restores what
     * @param streams what becomes the standard streams
     */
    public RestartSequence(final PtraceThread thread, final PluginRegistry plugins, final StandardStreams streams) {}

    /**
     * Brings the processes back and lets them run.
     *
     * @throws org.jdmtcp.core.image.ImageException where an image is no good: no process was made then
     * @throws org.jdmtcp.spi.Refusal where something cannot be restored here: no process is left then
     */
    public Rebuilt run(final RestartOptions options) {
        throw new IllegalStateException();
    }
}
