package org.jdmtcp.plugin.shm;

import com.google.protobuf.Parser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.MappingView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * A System V segment as processes have it attached ({@code shmat(2)}), some of them read-only, in part unmapped or with
 * parts protected. The segment itself is {@link Segments}'.
 */
final class SegmentMapping implements MappingKind<SegmentMappingState> {
    private static final String PREFIX = "/SYSV";
    private static final int NAME_LENGTH = 13;
    private static final int SHM_RDONLY = 010000;
    private static final int SHM_REMAP = 040000;
    private static final int SHM_EXEC = 0100000;
    private static final String MAY_WRITE = "mw";

    private final Map<Integer, MappingView> attached = new HashMap<>();

    @Override
    public String name() {
        return "segment";
    }

    @Override
    public Parser<SegmentMappingState> parser() {
        return SegmentMappingState.parser();
    }

    @Override
    public Optional<SegmentMappingState> inspect(final MappingView mapping) {
        final String path = mapping.path();
        if (!mapping.isDeleted() || !path.startsWith(PREFIX) || path.length() != NAME_LENGTH) {
            return Optional.empty();
        }
        final int id = (int) mapping.inode();
        attached.put(id, mapping);
        return Optional.of(SegmentMappingState.newBuilder().setId(id).build());
    }

    /** The mappings of a segment that was inspected; empty where nobody has it attached. */
    Optional<MappingView> find(final int id) {
        return Optional.ofNullable(attached.get(id));
    }

    @Override
    public Optional<Fd> restore(final SegmentMappingState state, final RestoreContext context) {
        return Optional.empty();
    }

    // One attachment for all mappings that lie in it as they lie in the segment: what it has more than those is
    // unmapped.
    @Override
    public void map(final SegmentMappingState state, final List<MappingView.Place> places, final RemoteBatch batch) {
        int from = 0;
        while (from < places.size()) {
            int to = from + 1;
            while (to < places.size() && isOneAttachment(places.get(from), places.get(to))) {
                to++;
            }
            attach(state.getId(), places.subList(from, to), batch);
            from = to;
        }
    }

    private static long base(final MappingView.Place place) {
        return place.start() - place.offset();
    }

    private static boolean isOneAttachment(final MappingView.Place a, final MappingView.Place b) {
        return base(a) == base(b) && mayWrite(a) == mayWrite(b);
    }

    private static boolean mayWrite(final MappingView.Place place) {
        return place.flags().contains(MAY_WRITE);
    }

    private static void attach(final int id, final List<MappingView.Place> places, final RemoteBatch batch) {
        final MappingView.Place first = places.getFirst();
        final boolean executable = places.stream().anyMatch(p -> (p.prot() & MemoryCalls.PROT_EXEC) != 0);
        final int flags = SHM_REMAP | (mayWrite(first) ? 0 : SHM_RDONLY) | (executable ? SHM_EXEC : 0);
        batch.must(SystemCall.SHMAT, id, base(first), flags);
        long at = base(first);
        for (final MappingView.Place place : places) {
            if (place.start() > at) {
                batch.must(SystemCall.MUNMAP, at, place.start() - at);
            }
            batch.must(SystemCall.MPROTECT, place.start(), place.size(), place.prot());
            at = place.end();
        }
    }
}
