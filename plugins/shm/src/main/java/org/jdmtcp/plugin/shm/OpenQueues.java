package org.jdmtcp.plugin.shm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.view.DescriptorView;

/** The POSIX message queues of one checkpoint or restart, by the inodes that they had. Closing it closes the agent's own. */
final class OpenQueues implements AutoCloseable {
    private final Map<Long, List<DescriptorView>> found = new LinkedHashMap<>();
    private final Map<Long, Fd> restored = new HashMap<>();

    /** Notes an open file of a queue. */
    void found(final DescriptorView descriptor) {
        found.computeIfAbsent(descriptor.status().inode(), _ -> new ArrayList<>())
                .add(descriptor);
    }

    /** The open files of each queue. */
    List<List<DescriptorView>> found() {
        return List.copyOf(found.values());
    }

    /** Takes ownership of a descriptor of a queue that was made again. */
    void restored(final long inode, final Fd queue) {
        restored.put(inode, queue);
    }

    /** The agent's descriptor of a queue that was made again. */
    Fd restored(final long inode) {
        return Objects.requireNonNull(restored.get(inode), () -> "no message queue " + inode);
    }

    @Override
    public void close() {
        restored.values().forEach(Fd::close);
        restored.clear();
    }
}
