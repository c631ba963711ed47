package org.jdmtcp.plugin.shm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/** The System V resources of the IPC namespace that a stopped process is in, of one moment; it is asked itself. */
final class IpcTables {
    private static final int PER_BATCH = 1000;

    private final ProcessView process;
    private final Map<IpcType, Integer> lengths = new EnumMap<>(IpcType.class);

    private IpcTables(final ProcessView process) {
        this.process = process;
    }

    /** Asks how large the tables are, all three in one batch. */
    static IpcTables of(final ProcessView process) {
        final IpcTables tables = new IpcTables(process);
        final RemoteBatch batch = process.batch();
        final Map<IpcType, Long> rooms = new EnumMap<>(IpcType.class);
        final Map<IpcType, Integer> calls = new EnumMap<>(IpcType.class);
        for (final IpcType type : IpcType.values()) {
            final long room = batch.room(IpcType.INFO_SIZE);
            rooms.put(type, room);
            calls.put(type, type.must(batch, 0, type.infoCommand(), room));
        }
        batch.run();
        rooms.forEach((type, room) -> {
            final int used = ByteBuffer.wrap(batch.bytes(room, IpcType.INFO_SIZE))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt(type.usedOffset());
            tables.lengths.put(type, used == 0 ? 0 : (int) batch.result(calls.getOrDefault(type, 0)) + 1);
        });
        return tables;
    }

    /** All resources of a type. */
    List<IpcStatus> all(final IpcType type) {
        final List<IpcStatus> found = new ArrayList<>();
        final int length = lengths.getOrDefault(type, 0);
        for (int from = 0; from < length; from += PER_BATCH) {
            read(type, from, Math.min(length, from + PER_BATCH), found);
        }
        return found;
    }

    private void read(final IpcType type, final int from, final int to, final List<IpcStatus> found) {
        final RemoteBatch batch = process.batch();
        final long[] rooms = new long[to - from];
        final int[] calls = new int[to - from];
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = batch.room(type.structSize());
            calls[i] = type.add(batch, from + i, type.statCommand(), rooms[i]);
        }
        batch.run();
        for (int i = 0; i < rooms.length; i++) {
            if (batch.result(calls[i]) >= 0) {
                found.add(new IpcStatus(type, (int) batch.result(calls[i]), batch.bytes(rooms[i], type.structSize())));
            }
        }
    }
}
