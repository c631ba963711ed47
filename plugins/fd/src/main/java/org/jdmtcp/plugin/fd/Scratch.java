package org.jdmtcp.plugin.fd;

import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Fd;

/**
 * Descriptors of the agent that live as long as one restart makes open files: without them a pipe would lose its data
 * between its first end and its second. The owner of each is this object. Used on the engine's thread.
 */
final class Scratch implements AutoCloseable {
    private final List<Fd> held = new ArrayList<>();

    /** Takes ownership. @return its argument */
    Fd hold(final Fd fd) {
        held.add(fd);
        return fd;
    }

    @Override
    public void close() {
        held.forEach(Fd::close);
        held.clear();
    }
}
