package org.jdmtcp.plugin.shm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * What the exit of a process adds to semaphores (SEM_UNDO). The kernel tells nobody, but {@code unshare(CLONE_SYSVSEM)} does
 * to a process's undos what its exit would, so that what the values change by is what they were:
 *
 * <ol>
 *   <li>All processes of the computation stand still. The process adds so much to each semaphore, without undo, that no undo
 *       can drive it to a limit, and gives up its undos; the values are read.
 *   <li>It takes all that back in one call, with SEM_UNDO for the undone part: values and undos are what they were.
 * </ol>
 *
 * <p>Threads share one list of undos, and one that has given it up cannot share it again: for a process of several threads
 * the undos stay unknown. A process that has no list at all is known by {@code kcmp(2)} with one that has given up its own.
 */
final class SemaphoreUndo {
    private static final int CLONE_SYSVSEM = 0x40000;
    private static final int KCMP_SYSVSEM = 6;
    private static final int GETALL = 13;
    private static final int SEM_UNDO = 0x1000;
    private static final int MIDDLE = 16384;
    /** struct sembuf of linux/sem.h: unsigned short sem_num at 0, short sem_op at 2, short sem_flg at 4. */
    private static final int SEMBUF_SIZE = 6;
    /** The least of the limits on operations per call (SEMOPM was 32 once, and is 500 now). */
    private static final int PER_CALL = 32;

    private final List<SemaphoresState.Set.Builder> sets;

    /** @param sets ids and values; undos are added */
    SemaphoreUndo(final List<SemaphoresState.Set.Builder> sets) {
        this.sets = sets;
    }

    /** Finds out the undos of all processes. @return those for which it cannot be done, in words */
    List<String> find(final List<ProcessView> processes) {
        final List<String> unknown = new ArrayList<>();
        Optional<ProcessView> withoutList = Optional.empty();
        for (final ProcessView process : processes) {
            if (process.threads().size() > 1) {
                unknown.add(process.command() + " (pid " + process.ownPid() + ")");
            } else if (withoutList.filter(other -> hasSameList(process, other)).isEmpty() && !find(process)) {
                withoutList = Optional.of(process);
            }
        }
        touch(sets.stream().map(SemaphoresState.Set.Builder::build).toList(), processes);
        return unknown;
    }

    private static boolean hasSameList(final ProcessView a, final ProcessView b) {
        return ProcessCalls.compare(a.pid(), b.pid(), KCMP_SYSVSEM, 0, 0) == 0;
    }

    /** Finds out the undos of a process. @return whether it has any */
    private boolean find(final ProcessView process) {
        final RemoteBatch ask = process.batch();
        final List<Asked> asked = new ArrayList<>();
        for (final SemaphoresState.Set.Builder set : sets) {
            final int lifted = operate(ask, set.getObject().getId(), lift(set, 1));
            asked.add(new Asked(set, lifted, ask.room(set.getValuesCount() * Short.BYTES)));
        }
        ask.must(SystemCall.UNSHARE, CLONE_SYSVSEM);
        asked.forEach(each -> IpcType.SEMAPHORES.add(ask, each.set.getObject().getId(), GETALL, each.room));
        ask.run();
        final RemoteBatch back = process.batch();
        boolean any = false;
        for (final Asked each : asked) {
            // Who may not change a set (EACCES) has nothing to undo in it.
            if (each.lifted < 0 || ask.result(each.lifted) >= 0) {
                any |= takeBack(process, each, ask, back);
            }
        }
        back.run();
        return any;
    }

    /** A set, the first call that lifts it (-1 for none), and where its values are. */
    private record Asked(SemaphoresState.Set.Builder set, int lifted, long room) {}

    private static boolean takeBack(
            final ProcessView process, final Asked asked, final RemoteBatch ask, final RemoteBatch back) {
        final SemaphoresState.Set.Builder set = asked.set;
        final List<Integer> adjustments = new ArrayList<>();
        shorts(ask.bytes(asked.room, set.getValuesCount() * Short.BYTES))
                .forEach(undone -> adjustments.add(undone - MIDDLE));
        operate(back, set.getObject().getId(), takeBack(set, adjustments));
        if (adjustments.stream().allMatch(a -> a == 0)) {
            return false;
        }
        set.addUndos(SemaphoresState.Undo.newBuilder().setPid(process.ownPid()).addAllAdjustments(adjustments));
        return true;
    }

    // Brings every semaphore to the middle of its range, whence no undo reaches a limit.
    private static List<byte[]> lift(final SemaphoresState.Set.Builder set, final int sign) {
        final List<byte[]> operations = new ArrayList<>();
        for (int n = 0; n < set.getValuesCount(); n++) {
            add(operations, n, sign * (MIDDLE - set.getValues(n)), 0);
        }
        return operations;
    }

    private static List<byte[]> takeBack(final SemaphoresState.Set.Builder set, final List<Integer> adjustments) {
        final List<byte[]> operations = new ArrayList<>();
        for (int n = 0; n < adjustments.size(); n++) {
            add(operations, n, -adjustments.get(n), SEM_UNDO);
        }
        operations.addAll(lift(set, -1));
        return operations;
    }

    private static void add(final List<byte[]> operations, final int number, final int value, final int flags) {
        if (value != 0) {
            operations.add(ByteBuffer.allocate(SEMBUF_SIZE)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putShort((short) number)
                    .putShort((short) value)
                    .putShort((short) (flags | IpcType.IPC_NOWAIT))
                    .array());
        }
    }

    /** Adds calls of semop. @return the index of the first; -1 for none */
    private static int operate(final RemoteBatch batch, final int id, final List<byte[]> operations) {
        int first = -1;
        for (int from = 0; from < operations.size(); from += PER_CALL) {
            final List<byte[]> part = operations.subList(from, Math.min(operations.size(), from + PER_CALL));
            final ByteBuffer all = ByteBuffer.allocate(part.size() * SEMBUF_SIZE);
            part.forEach(all::put);
            final int call = batch.add(SystemCall.SEMOP, id, batch.put(all.array()), part.size());
            first = first < 0 ? call : first;
        }
        return first;
    }

    /**
     * Gives reborn processes their undos, and semaphores the processes that changed them last; values stay.
     *
     * @param processes single-threaded still: threads that are made later share the list
     */
    static void restore(final SemaphoresState state, final List<ProcessView> processes) {
        final Map<Integer, RemoteBatch> batches = new HashMap<>();
        for (final SemaphoresState.Set set : state.getSetsList()) {
            for (final SemaphoresState.Undo undo : set.getUndosList()) {
                final List<byte[]> operations = new ArrayList<>();
                for (int n = 0; n < undo.getAdjustmentsCount(); n++) {
                    final int adjustment = undo.getAdjustments(n);
                    // What raises the value comes first, lest it fall below zero in between.
                    add(operations, n, Math.abs(adjustment), adjustment < 0 ? SEM_UNDO : 0);
                    add(operations, n, -Math.abs(adjustment), adjustment < 0 ? 0 : SEM_UNDO);
                }
                find(processes, undo.getPid())
                        .ifPresent(process -> operate(
                                batches.computeIfAbsent(undo.getPid(), _ -> process.batch()),
                                set.getObject().getId(),
                                operations));
            }
        }
        batches.values().forEach(RemoteBatch::run);
        touch(state.getSetsList(), processes);
    }

    // Each semaphore up and down again, by who changed it last.
    private static void touch(final List<SemaphoresState.Set> sets, final List<ProcessView> processes) {
        for (final ProcessView process : processes) {
            final RemoteBatch batch = process.batch();
            boolean any = false;
            for (final SemaphoresState.Set set : sets) {
                final List<byte[]> operations = new ArrayList<>();
                for (int n = 0; n < set.getPidsCount(); n++) {
                    if (set.getPids(n) == process.ownPid()) {
                        final int first = set.getValues(n) < MIDDLE ? 1 : -1;
                        add(operations, n, first, 0);
                        add(operations, n, -first, 0);
                    }
                }
                operate(batch, set.getObject().getId(), operations);
                any |= !operations.isEmpty();
            }
            if (any) {
                batch.run();
            }
        }
    }

    private static Optional<ProcessView> find(final List<ProcessView> processes, final int ownPid) {
        return processes.stream().filter(p -> p.ownPid() == ownPid).findFirst();
    }

    /** Unsigned 16-bit values, as GETALL gives them. */
    static List<Integer> shorts(final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final List<Integer> values = new ArrayList<>();
        while (buffer.hasRemaining()) {
            values.add(Short.toUnsignedInt(buffer.getShort()));
        }
        return values;
    }
}
