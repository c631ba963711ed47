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
    private @Nullable Ownership ownership;

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

    IpcNames names(final IpcType type) {
        return new IpcNames(type, restored.getOrDefault(type, Set.of()));
    }

    /** Whose the resources are at this checkpoint. */
    Ownership ownership(final HostView host) {
        Ownership known = ownership;
        if (known == null) {
            known = new Ownership(host, restored);
            ownership = known;
        }
        return known;
    }

    /** The tables as they are at this checkpoint. */
    IpcTables tables(final HostView host) {
        IpcTables known = tables;
        if (known == null) {
            known = IpcTables.of(host);
            tables = known;
        }
        return known;
    }
}
