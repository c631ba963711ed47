package org.jdmtcp.plugin.shm;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Order;
import org.jdmtcp.spi.Plugin;

/** Restores shared memory that the engine does not find behind a descriptor, System V resources, and POSIX queues. */
public final class ShmPlugin implements Plugin {
    private final Map<IpcType, Set<Integer>> restored = IpcSession.nothingRestored();
    private SegmentMapping segments = new SegmentMapping();
    private OpenQueues queues = new OpenQueues();

    @Override
    public String id() {
        return "shm";
    }

    @Override
    public String description() {
        return "Memory shared between processes, System V and POSIX IPC";
    }

    // A message queue looks like a file of the root directory.
    @Override
    public Order order() {
        return new Order(List.of(), List.of("fd"));
    }

    @Override
    public List<DescriptorKind<?>> descriptors() {
        queues.close();
        queues = new OpenQueues();
        return List.of(new QueueDescriptor(queues));
    }

    @Override
    public List<MappingKind<?>> mappings() {
        segments = new SegmentMapping();
        return List.of(new SharedMemory(), new MemoryFile(), segments, new NamelessFile());
    }

    @Override
    public List<HostStateKind<?>> hostStates() {
        final IpcSession session = new IpcSession(segments, restored);
        return List.of(
                new Segments(session), new Semaphores(session), new MessageQueues(session), new PosixQueues(queues));
    }
}
