package org.jdmtcp.plugin.shm;

import com.google.protobuf.Parser;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.HostContext;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.MappingView;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * System V shared memory segments: those that a process has attached, and those of the computation that nobody has. One
 * that was marked for removal while it was attached goes with its last process again.
 */
final class Segments implements HostStateKind<SegmentsState> {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.shm");

    private static final int SHM_RDONLY = 010000;
    private static final int SHM_HUGETLB = 04000;
    private static final int SHM_HUGE_SHIFT = 26;
    private static final int SHM_DEST = 01000;
    private static final int SHM_LOCKED = 02000;
    private static final int SHM_LOCK = 11;
    private static final int MADV_REMOVE = 9;
    private static final long COPY = 1 << 20;

    private final IpcSession session;
    private final IpcNames names;

    Segments(final IpcSession session) {
        this.session = session;
        names = session.names(IpcType.SEGMENT);
    }

    @Override
    public String name() {
        return "shared memory segments";
    }

    @Override
    public Parser<SegmentsState> parser() {
        return SegmentsState.parser();
    }

    @Override
    public Optional<SegmentsState> inspect(final HostView host) {
        final SegmentsState.Builder state = SegmentsState.newBuilder().setBoot(IpcNames.boot());
        for (final IpcStatus segment : session.tables(host).all(IpcType.SEGMENT)) {
            final Optional<MappingView> attached = session.segmentMapping().find(segment.id());
            if (attached.isPresent() || session.ownership(host).isOurs(segment, segment.users())) {
                state.addSegments(inspect(host, segment, attached));
            }
        }
        return state.getSegmentsCount() == 0 ? Optional.empty() : Optional.of(state.build());
    }

    private static SegmentsState.Segment inspect(
            final HostView host, final IpcStatus segment, final Optional<MappingView> attached) {
        final Optional<MappingView> whole =
                attached.filter(mapping -> mapping.places().stream().anyMatch(place -> isWhole(place, segment.size())));
        final long pageSize =
                attached.map(mapping -> mapping.places().getFirst().pageSize()).orElse(0L);
        return SegmentsState.Segment.newBuilder()
                .setObject(segment.object())
                .setSize(segment.size())
                .setHugePage(pageSize > Linux.PAGE_SIZE ? pageSize : 0)
                .setContentsId(whole.map(mapping -> mapping.keepContents(segment.size()))
                        .orElseGet(() -> copy(host, segment)))
                .build();
    }

    private static boolean isWhole(final MappingView.Place place, final long size) {
        return place.offset() == 0 && place.size() >= size;
    }

    // What no process shows as a whole is attached for a moment, by the first process. Its shm_lpid and times tell of
    // that.
    private static long copy(final HostView host, final IpcStatus segment) {
        final ProcessView process = host.processes().getFirst();
        final RemoteBatch attach = process.batch();
        final int attached = attach.add(SystemCall.SHMAT, segment.id(), 0, SHM_RDONLY);
        final long address = attach.run().result(attached);
        if (Errno.isError(address)) {
            throw new Refusal(segment.describe() + " of the computation cannot be read: "
                    + Errno.message((int) -address) + "; attach it in a process that may, or remove it");
        }
        LOG.debug("{} is attached for a moment, to be read", segment.describe());
        final Fd file = FileCalls.memoryFile("segment");
        try {
            copy(process.pid(), address, segment.size(), file);
            return host.keepContents(file, segment.size());
        } catch (final LinuxException e) {
            file.close();
            throw new Refusal(segment.describe() + " of the computation cannot be read: " + e.getMessage(), e);
        } finally {
            final RemoteBatch detach = process.batch();
            detach.must(SystemCall.SHMDT, address);
            detach.run();
        }
    }

    private static void copy(final int pid, final long address, final long size, final Fd file) {
        FileCalls.truncate(file, size);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = MemoryCalls.allocate(arena, COPY);
            final MemorySegment zeros = MemoryCalls.allocate(arena, COPY);
            for (long done = 0; done < size; done += COPY) {
                final MemorySegment part = buffer.asSlice(0, Math.min(COPY, size - done));
                MemoryCalls.read(pid, address + done, part);
                if (part.mismatch(zeros.asSlice(0, part.byteSize())) >= 0) {
                    FileCalls.writeFully(file, part, done);
                }
            }
        }
    }

    @Override
    public boolean isTaken(final SegmentsState state) {
        return state.getSegmentsList().stream()
                .anyMatch(s -> names.isTaken(s.getObject(), state.getBoot(), s.getSize(), SystemCall.SHMGET));
    }

    @Override
    public void restore(final SegmentsState state, final HostContext context) {
        final List<IpcNames.Wanted> wanted = new ArrayList<>();
        for (final SegmentsState.Segment segment : state.getSegmentsList()) {
            final long huge = segment.getHugePage();
            final int flags = huge == 0 ? 0 : SHM_HUGETLB | Long.numberOfTrailingZeros(huge) << SHM_HUGE_SHIFT;
            wanted.add(new IpcNames.Wanted(segment.getObject(), SystemCall.SHMGET, segment.getSize(), flags));
        }
        final Set<Integer> there = names.make(context.process(), wanted);
        LOG.debug("{} segments are made, {} of them had been left", wanted.size(), there.size());
        for (final SegmentsState.Segment segment : state.getSegmentsList()) {
            fill(segment, there.contains(segment.getObject().getId()), context);
        }
    }

    private static void fill(final SegmentsState.Segment segment, final boolean old, final HostContext context) {
        final int id = segment.getObject().getId();
        final RemoteBatch attach = context.process().batch();
        final int attached = attach.must(SystemCall.SHMAT, id, 0, 0);
        final long address = attach.run().result(attached);
        if (old) {
            final RemoteBatch clear = context.process().batch();
            clear.must(SystemCall.MADVISE, address, pages(segment.getSize()), MADV_REMOVE);
            clear.run();
        }
        LOG.debug(
                "segment {}: {} bytes, key {}",
                id,
                segment.getSize(),
                segment.getObject().getKey());
        context.writeContents(segment.getContentsId(), address);
        final RemoteBatch rest = context.process().batch();
        rest.must(SystemCall.SHMDT, address);
        IpcType.SEGMENT.must(rest, id, IpcType.IPC_SET, rest.put(settings(segment.getObject())));
        final boolean locked = (segment.getObject().getMode() & SHM_LOCKED) != 0;
        final int lock = locked ? IpcType.SEGMENT.add(rest, id, SHM_LOCK, 0) : -1;
        rest.run();
        if (locked && rest.result(lock) < 0) {
            context.warn("the shared memory segment " + id + " was locked in memory, which this user may not do here: "
                    + Errno.message((int) -rest.result(lock)));
        }
    }

    private static long pages(final long size) {
        return (size + Linux.PAGE_SIZE - 1) / Linux.PAGE_SIZE * Linux.PAGE_SIZE;
    }

    // struct shmid64_ds, of which IPC_SET reads owner and permissions.
    private static byte[] settings(final IpcObject object) {
        return ByteBuffer.allocate(IpcType.SEGMENT.structSize())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(IpcStatus.UID, object.getUid())
                .putInt(IpcStatus.GID, object.getGid())
                .putInt(IpcStatus.MODE, object.getMode())
                .array();
    }

    // Not before the processes have attached them: a segment that is marked and not attached is gone.
    @Override
    public void attach(final SegmentsState state, final HostContext context) {
        final RemoteBatch remove = context.process().batch();
        long removed = 0;
        for (final SegmentsState.Segment segment : state.getSegmentsList()) {
            if ((segment.getObject().getMode() & SHM_DEST) != 0) {
                IpcType.SEGMENT.must(remove, segment.getObject().getId(), IpcType.IPC_RMID, 0);
                removed++;
            }
        }
        if (removed > 0) {
            remove.run();
        }
    }

    @Override
    public void undo() {
        names.undo();
    }
}
