package org.jdmtcp.core.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one agent's checkpoint meets those of the others. Each method says how far this agent has come, and returns when the
 * whole computation has come as far; all throw {@link RoundAbortedException} when the round is given up.
 */
public interface Coordination {
    /** Every thread of this agent is stopped. */
    void suspended();

    /** A barrier of a plugin, computation-wide. @param name {@code plugin:barrier} */
    void barrier(String name);

    /** Everything is claimed and captured in memory. When this returns the checkpoint is going to be written. */
    void captured();

    /** Bytes written so far; to be called now and then while writing. Does not wait. */
    void progress(long bytes);

    /** All images are durable under temporary names. When this returns they are to be made valid. */
    void written(List<Path> images, long bytes);

    /** For a computation of one agent: nobody to wait for. */
    static Coordination alone() {
        return new Coordination() {
            @Override
            public void suspended() {}

            @Override
            public void barrier(final String name) {}

            @Override
            public void captured() {}

            @Override
            public void progress(final long bytes) {}

            @Override
            public void written(final List<Path> images, final long bytes) {}
        };
    }
}
