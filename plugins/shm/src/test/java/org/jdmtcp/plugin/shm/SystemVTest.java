package org.jdmtcp.plugin.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** System V resources of the real kernel: what is there still gets back the contents that it had. */
final class SystemVTest {
    private static final int SETVAL = 16;
    private static final int GETVAL = 12;

    private final TestHost host = new TestHost();
    private final Map<IpcType, Set<Integer>> restored = IpcSession.nothingRestored();
    private final Arena arena = Arena.ofConfined();
    private int segment = -1;
    private int set = -1;
    private int queue = -1;

    private IpcSession session() {
        return new IpcSession(new SegmentMapping(), restored);
    }

    @AfterEach
    void remove() {
        Linux.raw(SystemCall.SHMCTL, segment, IpcType.IPC_RMID, 0);
        Linux.raw(SystemCall.SEMCTL, set, 0, IpcType.IPC_RMID);
        Linux.raw(SystemCall.MSGCTL, queue, IpcType.IPC_RMID, 0);
        arena.close();
    }

    private void send(final String text) {
        final MemorySegment message = arena.allocate(8 + text.length(), 8);
        message.set(ValueLayout.JAVA_LONG, 0, 7);
        MemorySegment.copy(
                text.getBytes(StandardCharsets.US_ASCII), 0, message, ValueLayout.JAVA_BYTE, 8, text.length());
        Linux.call(SystemCall.MSGSND, queue, message.address(), text.length());
    }

    @Test
    void aQueueKeepsItsMessagesAndGetsThemBack() {
        queue = (int) Linux.call(SystemCall.MSGGET, 0, IpcType.IPC_CREAT | 0600);
        send("one");
        send("");
        send("three");
        final MessageQueues kind = new MessageQueues(session());
        final MessageQueuesState state = kind.inspect(host).orElseThrow();
        final MessageQueuesState.Queue mine = state.getQueuesList().stream()
                .filter(q -> q.getObject().getId() == queue)
                .findFirst()
                .orElseThrow();
        assertThat(mine.getMessagesList())
                .extracting(m -> m.getData().toStringUtf8())
                .containsExactly("one", "", "three");
        send("later");
        final MessageQueuesState alone =
                state.toBuilder().clearQueues().addQueues(mine).build();
        assertThat(kind.isTaken(alone)).isFalse();
        new MessageQueues(session()).restore(alone, host);
        assertThat(new MessageQueues(session()).inspect(host).orElseThrow().getQueuesList())
                .filteredOn(q -> q.getObject().getId() == queue)
                .first()
                .satisfies(q -> assertThat(q.getMessagesList()).isEqualTo(mine.getMessagesList()));
    }

    @Test
    void aResourceOfAnotherBootOrMakerIsInTheWay() {
        queue = (int) Linux.call(SystemCall.MSGGET, 0, IpcType.IPC_CREAT | 0600);
        send("x");
        final MessageQueues kind = new MessageQueues(session());
        final MessageQueuesState state = kind.inspect(host).orElseThrow();
        assertThat(kind.isTaken(state)).isFalse();
        assertThat(kind.isTaken(state.toBuilder().setBoot("another").build())).isTrue();
        final MessageQueuesState.Builder other = state.toBuilder();
        other.getQueuesBuilder(0).getObjectBuilder().setKey(4711);
        assertThat(kind.isTaken(other.build())).isTrue();
    }

    @Test
    void whatARestartMadeGoesWhenItIsGivenUp() {
        queue = (int) Linux.call(SystemCall.MSGGET, 0, IpcType.IPC_CREAT | 0600);
        send("x");
        final MessageQueuesState state =
                new MessageQueues(session()).inspect(host).orElseThrow();
        Linux.call(SystemCall.MSGCTL, queue, IpcType.IPC_RMID);
        final MessageQueues kind = new MessageQueues(session());
        assertThat(kind.isTaken(state)).isFalse();
        kind.restore(state, host);
        final long struct = arena.allocate(IpcType.QUEUE.structSize(), 8).address();
        assertThat(Linux.raw(SystemCall.MSGCTL, queue, IpcType.IPC_STAT, struct))
                .isZero();
        kind.undo();
        assertThat(Linux.raw(SystemCall.MSGCTL, queue, IpcType.IPC_STAT, struct))
                .isNegative();
    }

    @Test
    void semaphoresHaveTheirValuesAndAProcessOfManyThreadsIsNamed() {
        set = (int) Linux.call(SystemCall.SEMGET, 0, 3, IpcType.IPC_CREAT | 0600);
        Linux.call(SystemCall.SEMCTL, set, 1, SETVAL, 32767, 0, 0);
        final SemaphoresState state = new Semaphores(session()).inspect(host).orElseThrow();
        assertThat(state.getUnknownUndosList()).containsExactly("test (pid " + host.ownPid() + ")");
        Linux.call(SystemCall.SEMCTL, set, 1, SETVAL, 5, 0, 0);
        final Semaphores kind = new Semaphores(session());
        kind.restore(state, host);
        kind.attach(state, host);
        assertThat(Linux.call(SystemCall.SEMCTL, set, 1, GETVAL, 0, 0, 0)).isEqualTo(32767);
        assertThat(host.warnings).hasSize(1);
    }

    @Test
    void aSegmentThatNobodyHasAttachedKeepsItsContents() {
        segment = (int) Linux.call(SystemCall.SHMGET, 0, 3 << 20, IpcType.IPC_CREAT | 0600);
        final long address = Linux.call(SystemCall.SHMAT, segment, 0, 0);
        final MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(3 << 20);
        memory.set(ValueLayout.JAVA_LONG, 2 << 20, 42);
        final SegmentsState state = new Segments(session()).inspect(host).orElseThrow();
        memory.set(ValueLayout.JAVA_LONG, 2 << 20, 43);
        memory.set(ValueLayout.JAVA_LONG, 0, 44);
        new Segments(session()).restore(state, host);
        assertThat(memory.get(ValueLayout.JAVA_LONG, 2 << 20)).isEqualTo(42);
        assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isZero();
        Linux.call(SystemCall.SHMDT, address);
    }

    @Test
    void whatOthersUseIsNotOurs() throws IOException {
        queue = (int) Linux.call(SystemCall.MSGGET, 0, IpcType.IPC_CREAT | 0600);
        send("x");
        final Process other = new ProcessBuilder("sleep", "60").start();
        host.pid = (int) other.pid();
        assertThat(new MessageQueues(session()).inspect(host).stream().flatMap(s -> s.getQueuesList().stream()))
                .noneMatch(q -> q.getObject().getId() == queue);
        other.destroy();
    }
}
