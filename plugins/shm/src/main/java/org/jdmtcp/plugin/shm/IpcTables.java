package org.jdmtcp.plugin.shm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * The System V resources of the IPC namespace that the stopped processes are in, of one moment.
 *
 * <p>The agent asks by itself where it sees the same; that costs the pause a few microseconds. Else a process is asked: of another
 * IPC namespace, or of another pid namespace, since the answers name processes.
 */
final class IpcTables {
    private static final int PER_BATCH = 1000;

    private final Asker asker;

    private IpcTables(final Asker asker) {
        this.asker = asker;
    }

    static IpcTables of(final HostView host) {
        final ProcessView first = host.processes().getFirst();
        final boolean own = !host.hasOwnIpcNamespace() && first.pid() == first.ownPid();
        return new IpcTables(own ? IpcTables::ask : (type, command, places) -> ask(first, type, command, places));
    }

    /** All resources of a type. */
    List<IpcStatus> all(final IpcType type) {
        final Answer info = asker.ask(type, type.infoCommand(), List.of(0)).getFirst();
        if (ByteBuffer.wrap(info.struct).order(ByteOrder.LITTLE_ENDIAN).getInt(type.usedOffset()) == 0) {
            return List.of();
        }
        final List<IpcStatus> found = new ArrayList<>();
        for (int from = 0; from <= info.result; from += PER_BATCH) {
            final int to = Math.min((int) info.result + 1, from + PER_BATCH);
            asker
                    .ask(
                            type,
                            type.statCommand(),
                            IntStream.range(from, to).boxed().toList())
                    .stream()
                    .filter(answer -> answer.result >= 0)
                    .forEach(answer -> found.add(new IpcStatus(type, (int) answer.result, answer.struct)));
        }
        return found;
    }

    /** The result of a control call, and the struct that it has filled. */
    private record Answer(long result, byte[] struct) {}

    private interface Asker {
        /** @return an answer for each place of the table */
        List<Answer> ask(IpcType type, int command, List<Integer> places);
    }

    private static List<Answer> ask(final IpcType type, final int command, final List<Integer> places) {
        final List<Answer> answers = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment struct = arena.allocate(room(type), Long.BYTES);
            for (final int place : places) {
                final long[] a = type.arguments(place, command, struct.address());
                final long result = Linux.raw(type.control(), a[0], a[1], a[2], a.length > 3 ? a[3] : 0, 0, 0);
                answers.add(new Answer(result, struct.toArray(ValueLayout.JAVA_BYTE)));
            }
        }
        return answers;
    }

    private static List<Answer> ask(
            final ProcessView process, final IpcType type, final int command, final List<Integer> places) {
        final RemoteBatch batch = process.batch();
        final long[] rooms = new long[places.size()];
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = batch.room(room(type));
            type.add(batch, places.get(i), command, rooms[i]);
        }
        batch.run();
        return IntStream.range(0, rooms.length)
                .mapToObj(i -> new Answer(batch.result(i), batch.bytes(rooms[i], room(type))))
                .toList();
    }

    private static int room(final IpcType type) {
        return Math.max(IpcType.INFO_SIZE, type.structSize());
    }
}
