package org.jdmtcp.plugin.shm;

import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.HostContext;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/** System V semaphore sets: values, who changed each last, and what the exit of a process undoes ({@link SemaphoreUndo}). */
final class Semaphores implements HostStateKind<SemaphoresState> {
    private static final int GETPID = 11;
    private static final int GETALL = 13;
    private static final int SETALL = 17;
    private static final int PER_BATCH = 1000;

    private final IpcSession session;
    private final IpcNames names;

    Semaphores(final IpcSession session) {
        this.session = session;
        names = session.names(IpcType.SEMAPHORES);
    }

    @Override
    public String name() {
        return "semaphores";
    }

    @Override
    public Parser<SemaphoresState> parser() {
        return SemaphoresState.parser();
    }

    @Override
    public Optional<SemaphoresState> inspect(final HostView host) {
        final ProcessView process = host.processes().getFirst();
        final List<SemaphoresState.Set.Builder> sets = new ArrayList<>();
        for (final IpcStatus set : session.tables(host).all(IpcType.SEMAPHORES)) {
            final int[] pids = session.ownership(host).mayBeOurs(set) ? pids(process, set) : new int[0];
            if (session.ownership(host).isOurs(set, pids)) {
                final SemaphoresState.Set.Builder state =
                        SemaphoresState.Set.newBuilder().setObject(set.object());
                for (final int pid : pids) {
                    state.addPids(pid);
                }
                values(process, set).forEach(state::addValues);
                sets.add(state);
            }
        }
        if (sets.isEmpty()) {
            return Optional.empty();
        }
        final SemaphoresState.Builder all = SemaphoresState.newBuilder().setBoot(IpcNames.boot());
        all.addAllUnknownUndos(new SemaphoreUndo(sets).find(host.processes()));
        sets.forEach(all::addSets);
        return Optional.of(all.build());
    }

    private static int[] pids(final ProcessView process, final IpcStatus set) {
        final int[] pids = new int[(int) set.size()];
        for (int from = 0; from < pids.length; from += PER_BATCH) {
            final RemoteBatch batch = process.batch();
            final int to = Math.min(pids.length, from + PER_BATCH);
            for (int i = from; i < to; i++) {
                batch.add(SystemCall.SEMCTL, set.id(), i, GETPID, 0);
            }
            batch.run();
            for (int i = from; i < to; i++) {
                // Who may not read a set has not been using it; it is somebody else's.
                pids[i] = (int) Math.max(0, batch.result(i - from));
            }
        }
        return pids;
    }

    private static List<Integer> values(final ProcessView process, final IpcStatus set) {
        final RemoteBatch batch = process.batch();
        final long room = batch.room((int) set.size() * Short.BYTES);
        final int call = IpcType.SEMAPHORES.add(batch, set.id(), GETALL, room);
        batch.run();
        if (batch.result(call) < 0) {
            throw new Refusal(
                    set.describe() + " of the computation cannot be read: " + Errno.message((int) -batch.result(call)));
        }
        return SemaphoreUndo.shorts(batch.bytes(room, (int) set.size() * Short.BYTES));
    }

    @Override
    public boolean isTaken(final SemaphoresState state) {
        return state.getSetsList().stream()
                .anyMatch(s -> names.isTaken(s.getObject(), state.getBoot(), s.getValuesCount(), SystemCall.SEMGET));
    }

    @Override
    public void restore(final SemaphoresState state, final HostContext context) {
        final ProcessView process = context.process();
        names.make(
                process,
                state.getSetsList().stream()
                        .map(s -> new IpcNames.Wanted(s.getObject(), SystemCall.SEMGET, s.getValuesCount(), 0))
                        .toList());
        for (final SemaphoresState.Set set : state.getSetsList()) {
            final RemoteBatch batch = process.batch();
            final ByteBuffer values =
                    ByteBuffer.allocate(set.getValuesCount() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            set.getValuesList().forEach(value -> values.putShort(value.shortValue()));
            final int id = set.getObject().getId();
            IpcType.SEMAPHORES.must(batch, id, SETALL, batch.put(values.array()));
            IpcType.SEMAPHORES.must(batch, id, IpcType.IPC_SET, batch.put(settings(set.getObject())));
            batch.run();
        }
    }

    // struct semid64_ds, of which IPC_SET reads owner and permissions.
    private static byte[] settings(final IpcObject object) {
        return ByteBuffer.allocate(IpcType.SEMAPHORES.structSize())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(IpcStatus.UID, object.getUid())
                .putInt(IpcStatus.GID, object.getGid())
                .putInt(IpcStatus.MODE, object.getMode())
                .array();
    }

    @Override
    public void attach(final SemaphoresState state, final HostContext context) {
        SemaphoreUndo.restore(state, context.processes());
        for (final String process : state.getUnknownUndosList()) {
            context.warn(process + " has several threads, and for such a process the kernel does not tell what its exit"
                    + " undoes in System V semaphores (SEM_UNDO): if it counts on that, it is lost");
        }
    }

    @Override
    public void undo() {
        names.undo();
    }
}
