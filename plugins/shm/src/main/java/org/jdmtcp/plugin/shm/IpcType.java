package org.jdmtcp.plugin.shm;

import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/** The three types of System V resources, and how each is asked for ({@code linux/shm.h}, {@code sem.h}, {@code msg.h}). */
enum IpcType {
    /** Shared memory: SHM_INFO gives struct shm_info (int used_ids at 0), SHM_STAT_ANY struct shmid64_ds. */
    SEGMENT("shared memory segment", SystemCall.SHMCTL, 14, 15, 112, 0, "shm_next_id"),
    /** Semaphores: SEM_INFO gives struct seminfo (int semusz at 28), SEM_STAT_ANY struct semid64_ds. */
    SEMAPHORES("semaphore set", SystemCall.SEMCTL, 19, 20, 104, 28, "sem_next_id"),
    /** Message queues: MSG_INFO gives struct msginfo (int msgpool at 0), MSG_STAT_ANY struct msqid64_ds. */
    QUEUE("message queue", SystemCall.MSGCTL, 12, 13, 120, 0, "msg_next_id");

    static final int IPC_RMID = 0;
    static final int IPC_SET = 1;
    static final int IPC_STAT = 2;
    static final int IPC_CREAT = 01000;
    static final int IPC_EXCL = 02000;
    static final int IPC_NOWAIT = 04000;
    /** Bytes that hold any of the structs that INFO gives. */
    static final int INFO_SIZE = 48;

    private final String words;
    private final SystemCall control;
    private final int infoCommand;
    private final int statCommand;
    private final int structSize;
    private final int usedOffset;
    private final String nextId;

    IpcType(
            final String words,
            final SystemCall control,
            final int infoCommand,
            final int statCommand,
            final int structSize,
            final int usedOffset,
            final String nextId) {
        this.words = words;
        this.control = control;
        this.infoCommand = infoCommand;
        this.statCommand = statCommand;
        this.structSize = structSize;
        this.usedOffset = usedOffset;
        this.nextId = nextId;
    }

    /** For people. */
    String words() {
        return words;
    }

    SystemCall control() {
        return control;
    }

    int infoCommand() {
        return infoCommand;
    }

    /** Tells of the resource in a place of the table whatever its permissions; the result is its id. */
    int statCommand() {
        return statCommand;
    }

    /** Bytes of the id64_ds struct. */
    int structSize() {
        return structSize;
    }

    /** Where INFO tells how many there are. */
    int usedOffset() {
        return usedOffset;
    }

    /** The file that chooses the next id, for who has CAP_CHECKPOINT_RESTORE in the namespace's user namespace. */
    String nextIdFile() {
        return "/proc/sys/kernel/" + nextId;
    }

    /** The arguments of a control call: semctl takes the number of a semaphore before its argument. */
    long[] arguments(final int id, final int command, final long argument) {
        return this == SEMAPHORES ? new long[] {id, 0, command, argument} : new long[] {id, command, argument};
    }

    /** Adds a control call. @return its index */
    int add(final RemoteBatch batch, final int id, final int command, final long argument) {
        return batch.add(control, arguments(id, command, argument));
    }

    /** Adds a control call that must succeed. @return its index */
    int must(final RemoteBatch batch, final int id, final int command, final long argument) {
        return batch.must(control, arguments(id, command, argument));
    }
}
