package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.core.procfs.MappingDetails;
import org.jdmtcp.core.procfs.MappingKind;
import org.jdmtcp.spi.view.MappingView;

/**
 * The objects that mappings show and that plugins restore, each once however many mappings of however many processes show
 * it. Two mappings show the same object if device, inode and name are the same. Closing it closes the agent's descriptors.
 */
final class MappedObjects implements AutoCloseable {
    private final Map<Key, MappedObjectView> objects = new LinkedHashMap<>();
    private final List<Kept> kept = new ArrayList<>();
    private final SemaphoreNames semaphores = new SemaphoreNames();
    private final long firstId;

    MappedObjects(final FrozenTree tree) {
        firstId = ResourceIds.first(tree, ResourceIds.MAPPED_OBJECTS);
    }

    /** System V segments have their shmid as inode, which may well be that of another object of the same file system. */
    private record Key(long device, long inode, String path) {
        // Parts of one piece of anonymous memory may have names of their own (PR_SET_VMA_ANON_NAME).
        static Key of(final Mapping mapping, final long device) {
            return new Key(
                    device, mapping.inode(), mapping.kind() == MappingKind.ANONYMOUS_SHARED ? "" : mapping.path());
        }
    }

    /** Notes a mapping. @return the id of the object that it shows */
    long add(final FrozenProcess process, final Mapping mapping) {
        final long device = (long) mapping.major() << 32 | mapping.minor();
        final MappedObjectView view = objects.computeIfAbsent(
                Key.of(mapping, device), _ -> new MappedObjectView(this, firstId + objects.size(), device, mapping));
        final MappingDetails details = Objects.requireNonNull(mapping.details(), "smaps lacks a mapping of maps");
        view.add(
                process,
                new MappingView.Place(
                        new FrozenProcessView(process),
                        mapping.start(),
                        mapping.end(),
                        mapping.prot(),
                        mapping.shared(),
                        mapping.offset(),
                        details.kernelPageSize(),
                        List.of(details.flags().toString().split(" "))),
                details.swap() != 0);
        return view.id();
    }

    /** Names of semaphores, looked up once. */
    SemaphoreNames semaphores() {
        return semaphores;
    }

    /** All of them. */
    List<MappedObjectView> views() {
        return List.copyOf(objects.values());
    }

    void keep(final Kept contents) {
        kept.add(contents);
    }

    /** What is to be kept, after every object was claimed. */
    List<Kept> kept() {
        return kept;
    }

    @Override
    public void close() {
        objects.values().forEach(MappedObjectView::close);
    }
}
