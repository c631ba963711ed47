package org.jdmtcp.plugin.shm;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jdmtcp.spi.view.HostView;
import org.jspecify.annotations.Nullable;

/** What the kinds of System V resources have in common during one checkpoint or restart. */
final class IpcSession {
    private final SegmentMapping segmentMapping;
    private final Map<IpcType, Set<Integer>> restored;
    private @Nullable IpcTables tables;

    /** @param restored ids that restarts by this agent have restored; outlives the session */
    IpcSession(final SegmentMapping segmentMapping, final Map<IpcType, Set<Integer>> restored) {
        this.segmentMapping = segmentMapping;
        this.restored = restored;
    }

    static Map<IpcType, Set<Integer>> nothingRestored() {
        final Map<IpcType, Set<Integer>> none = new EnumMap<>(IpcType.class);
        for (final IpcType type : IpcType.values()) {
            none.put(type, new HashSet<>());
        }
        return none;
    }

    SegmentMapping segmentMapping() {
        return segmentMapping;
    }

    private Set<Integer> restored(final IpcType type) {
        return restored.getOrDefault(type, Set.of());
    }

    IpcNames names(final IpcType type) {
        return new IpcNames(type, restored(type));
    }

    Ownership ownership(final HostView host, final IpcType type) {
        return new Ownership(host, restored(type));
    }

    /** The tables as they are at this checkpoint, asked for once. */
    IpcTables tables(final HostView host) {
        IpcTables known = tables;
        if (known == null) {
            known = IpcTables.of(host.processes().getFirst());
            tables = known;
        }
        return known;
    }
}
