package org.jdmtcp.plugin.shm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * Makes System V resources under the ids and keys that they had. Where one is still there, left behind by the very
 * computation that is restarted (same boot, id, key, size and maker), it is taken as it is and gets its contents back.
 */
final class IpcNames {
    /** Ids are the place in the table plus this times a number that counts up ({@code IPCMNI}). */
    private static final int TABLE = 32768;

    private final IpcType type;
    private final Set<Integer> known;
    private final Set<Integer> made = new HashSet<>();

    /** @param known ids of the type that restarts by this agent have restored; added to */
    IpcNames(final IpcType type, final Set<Integer> known) {
        this.type = type;
        this.known = known;
    }

    /** The boot that ids belong to. */
    static String boot() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether the agent's own namespace has something else under the id or the key.
     *
     * @param get the call that finds a resource by its key, with that many arguments of 0 behind
     * @param size what {@link IpcStatus#size} said
     */
    boolean isTaken(final IpcObject object, final String boot, final long size, final SystemCall get) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment struct = arena.allocate(type.structSize(), 8);
            final long[] a = type.arguments(object.getId() % TABLE, type.statCommand(), struct.address());
            final long found = Linux.raw(type.control(), a[0], a[1], a[2], a.length > 3 ? a[3] : 0, 0, 0);
            if (found >= 0) {
                final IpcStatus now = new IpcStatus(type, (int) found, struct.toArray(ValueLayout.JAVA_BYTE));
                return !isSame(object, size, now) || !boot.equals(boot());
            }
        }
        return object.getKey() != 0 && Linux.raw(get, object.getKey(), 0, 0) != -Errno.ENOENT;
    }

    private static boolean isSame(final IpcObject object, final long size, final IpcStatus now) {
        final IpcObject there = now.object();
        return there.getId() == object.getId()
                && there.getKey() == object.getKey()
                && there.getCreatorUid() == object.getCreatorUid()
                && now.size() == size;
    }

    /**
     * Makes the resources that are not there.
     *
     * @param process in the right namespace
     * @param wanted what to make
     * @return ids of those that were there
     */
    Set<Integer> make(final ProcessView process, final List<Wanted> wanted) {
        final Set<Integer> there = existing(process, wanted);
        final RemoteBatch open = process.batch();
        final int opened = open.must(
                SystemCall.OPENAT,
                FileCalls.AT_FDCWD,
                open.putString(type.nextIdFile()),
                FileCalls.O_WRONLY | FileCalls.O_CLOEXEC,
                0);
        open.run();
        final long chooser = open.result(opened);
        for (final Wanted each : wanted) {
            if (!there.contains(each.object.getId())) {
                make(process, chooser, each);
            }
            known.add(each.object.getId());
        }
        final RemoteBatch close = process.batch();
        close.must(SystemCall.CLOSE, chooser);
        close.run();
        return there;
    }

    private Set<Integer> existing(final ProcessView process, final List<Wanted> wanted) {
        final RemoteBatch batch = process.batch();
        final long room = batch.room(type.structSize());
        wanted.forEach(each -> type.add(batch, each.object.getId(), IpcType.IPC_STAT, room));
        batch.run();
        final Set<Integer> there = new HashSet<>();
        for (int i = 0; i < wanted.size(); i++) {
            if (batch.result(i) >= 0) {
                there.add(wanted.get(i).object.getId());
            }
        }
        return there;
    }

    private void make(final ProcessView process, final long chooser, final Wanted wanted) {
        final IpcObject object = wanted.object;
        final boolean other =
                ProcessCalls.effectiveUid() == 0 && (object.getCreatorUid() != 0 || object.getCreatorGid() != 0);
        final RemoteBatch batch = process.batch();
        final byte[] text = Integer.toString(object.getId()).getBytes(StandardCharsets.US_ASCII);
        batch.must(SystemCall.PWRITE64, chooser, batch.put(text), text.length, 0);
        if (other) {
            batch.add(SystemCall.SETRESGID, -1, object.getCreatorGid(), -1);
            batch.add(SystemCall.SETRESUID, -1, object.getCreatorUid(), -1);
        }
        final int get = batch.add(wanted.get, wanted.arguments(IpcType.IPC_CREAT | IpcType.IPC_EXCL));
        if (other) {
            batch.add(SystemCall.SETRESUID, -1, 0, -1);
            batch.add(SystemCall.SETRESGID, -1, 0, -1);
        }
        batch.run();
        if (batch.result(get) != object.getId()) {
            throw new Refusal("the " + type.words() + " " + object.getId() + " cannot be made again: "
                    + (batch.result(get) < 0
                            ? Errno.message((int) -batch.result(get))
                            : "another one has taken its place just now; try again"));
        }
        made.add(object.getId());
    }

    /** Removes what was made, from the agent's own namespace. */
    void undo() {
        for (final int id : made) {
            final long[] a = type.arguments(id, IpcType.IPC_RMID, 0);
            Linux.raw(type.control(), a[0], a[1], a[2]);
        }
        known.removeAll(made);
        made.clear();
    }

    /**
     * A resource to be made.
     *
     * @param get shmget, semget or msgget
     * @param size its second argument, but for msgget
     * @param flags to be added to permissions and creation flags
     */
    record Wanted(IpcObject object, SystemCall get, long size, int flags) {
        private static final int PERMISSIONS = 0777;

        long[] arguments(final int create) {
            final int all = create | flags | object.getMode() & PERMISSIONS;
            return get == SystemCall.MSGGET
                    ? new long[] {object.getKey(), all}
                    : new long[] {object.getKey(), size, all};
        }
    }
}
