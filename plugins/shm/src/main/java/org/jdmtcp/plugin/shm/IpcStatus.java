package org.jdmtcp.plugin.shm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What the kernel tells of a System V resource: one of the structs shmid64_ds, semid64_ds, msqid64_ds ({@code
 * asm-generic/shmbuf.h}, {@code asm/sembuf.h}, {@code asm-generic/msgbuf.h}), which all begin with struct ipc64_perm ({@code
 * asm-generic/ipcbuf.h}).
 */
final class IpcStatus {
    // struct ipc64_perm
    private static final int KEY = 0;
    static final int UID = 4;
    static final int GID = 8;
    private static final int CUID = 12;
    private static final int CGID = 16;
    static final int MODE = 20;
    // struct shmid64_ds
    private static final int SHM_SEGSZ = 48;
    private static final int SHM_ATIME = 56;
    private static final int SHM_DTIME = 64;
    private static final int SHM_CTIME = 72;
    private static final int SHM_CPID = 80;
    private static final int SHM_LPID = 84;
    // struct semid64_ds
    private static final int SEM_OTIME = 48;
    private static final int SEM_CTIME = 64;
    private static final int SEM_NSEMS = 80;
    // struct msqid64_ds
    private static final int MSG_STIME = 48;
    private static final int MSG_RTIME = 56;
    private static final int MSG_CTIME = 64;
    private static final int MSG_CBYTES = 72;
    private static final int MSG_QNUM = 80;
    static final int MSG_QBYTES = 88;
    private static final int MSG_LSPID = 96;
    private static final int MSG_LRPID = 100;

    private final int id;
    private final IpcType type;
    private final ByteBuffer bytes;

    IpcStatus(final IpcType type, final int id, final byte[] struct) {
        this.type = type;
        this.id = id;
        bytes = ByteBuffer.wrap(struct).order(ByteOrder.LITTLE_ENDIAN);
    }

    IpcType type() {
        return type;
    }

    int id() {
        return id;
    }

    IpcObject object() {
        return IpcObject.newBuilder()
                .setId(id)
                .setKey(bytes.getInt(KEY))
                .setUid(bytes.getInt(UID))
                .setGid(bytes.getInt(GID))
                .setCreatorUid(bytes.getInt(CUID))
                .setCreatorGid(bytes.getInt(CGID))
                .setMode(bytes.getInt(MODE))
                .build();
    }

    /** Last change, seconds since the epoch. */
    long changed() {
        return bytes.getLong(
                switch (type) {
                    case SEGMENT -> SHM_CTIME;
                    case SEMAPHORES -> SEM_CTIME;
                    case QUEUE -> MSG_CTIME;
                });
    }

    /** Last change or use, seconds since the epoch. */
    long used() {
        final int[] times = switch (type) {
            case SEGMENT -> new int[] {SHM_ATIME, SHM_DTIME};
            case SEMAPHORES -> new int[] {SEM_OTIME};
            case QUEUE -> new int[] {MSG_STIME, MSG_RTIME};
        };
        return Math.max(
                changed(), Arrays.stream(times).mapToLong(bytes::getLong).max().orElse(0));
    }

    /** Processes that made or used it, as who asked sees them; 0 for those that it cannot see, and for none. */
    int[] users() {
        return switch (type) {
            case SEGMENT -> new int[] {bytes.getInt(SHM_CPID), bytes.getInt(SHM_LPID)};
            case SEMAPHORES -> new int[0];
            case QUEUE -> new int[] {bytes.getInt(MSG_LSPID), bytes.getInt(MSG_LRPID)};
        };
    }

    /** Bytes of a segment; the number of semaphores in a set; 0 for a queue. */
    long size() {
        return switch (type) {
            case SEGMENT -> bytes.getLong(SHM_SEGSZ);
            case SEMAPHORES -> bytes.getLong(SEM_NSEMS);
            case QUEUE -> 0;
        };
    }

    /** Bytes of all messages in a queue. */
    long messageBytes() {
        return bytes.getLong(MSG_CBYTES);
    }

    int messages() {
        return (int) bytes.getLong(MSG_QNUM);
    }

    /** Bytes that a queue may hold. */
    long capacity() {
        return bytes.getLong(MSG_QBYTES);
    }

    String describe() {
        final IpcObject object = object();
        return "the " + type.words() + " " + id + " (key 0x" + Integer.toHexString(object.getKey()) + ")";
    }
}
