package org.jdmtcp.plugin.shm;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.HostContext;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * System V message queues with the messages in them, which MSG_COPY reads without taking them (a kernel with
 * CONFIG_CHECKPOINT_RESTORE).
 */
final class MessageQueues implements HostStateKind<MessageQueuesState> {
    private static final int MSG_COPY = 040000;
    private static final int MSG_NOERROR = 010000;
    /** struct msgbuf of linux/msg.h: long mtype at 0, then the text. */
    private static final int TYPE_SIZE = 8;
    /** Bytes of messages in a batch. */
    private static final int PER_BATCH = 1 << 20;

    private final IpcSession session;
    private final IpcNames names;

    MessageQueues(final IpcSession session) {
        this.session = session;
        names = session.names(IpcType.QUEUE);
    }

    @Override
    public String name() {
        return "message queues";
    }

    @Override
    public Parser<MessageQueuesState> parser() {
        return MessageQueuesState.parser();
    }

    @Override
    public Optional<MessageQueuesState> inspect(final HostView host) {
        final MessageQueuesState.Builder state = MessageQueuesState.newBuilder().setBoot(IpcNames.boot());
        for (final IpcStatus queue : session.tables(host).all(IpcType.QUEUE)) {
            if (session.ownership(host).isOurs(queue, queue.users())) {
                state.addQueues(MessageQueuesState.Queue.newBuilder()
                        .setObject(queue.object())
                        .setCapacity(queue.capacity())
                        .addAllMessages(messages(host.processes().getFirst(), queue)));
            }
        }
        return state.getQueuesCount() == 0 ? Optional.empty() : Optional.of(state.build());
    }

    // No message is longer than all of them together.
    private static List<MessageQueuesState.Message> messages(final ProcessView process, final IpcStatus queue) {
        final int longest = (int) Math.min(queue.messageBytes(), PER_BATCH);
        final int perBatch = Math.max(1, PER_BATCH / (longest + TYPE_SIZE));
        final List<MessageQueuesState.Message> messages = new ArrayList<>();
        for (int from = 0; from < queue.messages(); from += perBatch) {
            final RemoteBatch batch = process.batch();
            final int count = Math.min(perBatch, queue.messages() - from);
            final long[] rooms = new long[count];
            for (int i = 0; i < count; i++) {
                rooms[i] = batch.room(longest + TYPE_SIZE);
                batch.add(SystemCall.MSGRCV, queue.id(), rooms[i], longest, from + i, MSG_COPY | IpcType.IPC_NOWAIT);
            }
            batch.run();
            for (int i = 0; i < count; i++) {
                messages.add(message(batch, rooms[i], (int) batch.result(i), queue));
            }
        }
        return messages;
    }

    private static MessageQueuesState.Message message(
            final RemoteBatch batch, final long room, final int size, final IpcStatus queue) {
        if (size < 0) {
            throw new Refusal("the messages in " + queue.describe() + " of the computation cannot be copied: "
                    + Errno.message(-size)
                    + (size == -Errno.ENOSYS ? " (a kernel without CONFIG_CHECKPOINT_RESTORE)" : "")
                    + "; checkpoint when it is empty");
        }
        final ByteBuffer bytes =
                ByteBuffer.wrap(batch.bytes(room, size + TYPE_SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        return MessageQueuesState.Message.newBuilder()
                .setType(bytes.getLong())
                .setData(ByteString.copyFrom(bytes))
                .build();
    }

    @Override
    public boolean isTaken(final MessageQueuesState state) {
        return state.getQueuesList().stream()
                .anyMatch(q -> names.isTaken(q.getObject(), state.getBoot(), 0, SystemCall.MSGGET));
    }

    @Override
    public void restore(final MessageQueuesState state, final HostContext context) {
        final ProcessView process = context.process();
        final Set<Integer> there = names.make(
                process,
                state.getQueuesList().stream()
                        .map(q -> new IpcNames.Wanted(q.getObject(), SystemCall.MSGGET, 0, 0))
                        .toList());
        for (final MessageQueuesState.Queue queue : state.getQueuesList()) {
            if (there.contains(queue.getObject().getId())) {
                empty(process, queue.getObject().getId());
            }
            settings(process, queue);
            fill(process, queue);
        }
    }

    // What came into a queue after the checkpoint has not happened yet.
    private static void empty(final ProcessView process, final int id) {
        final int some = 100;
        long last = 0;
        while (last >= 0) {
            final RemoteBatch batch = process.batch();
            final long room = batch.room(TYPE_SIZE);
            for (int i = 0; i < some; i++) {
                batch.add(SystemCall.MSGRCV, id, room, 0, 0, MSG_NOERROR | IpcType.IPC_NOWAIT);
            }
            last = batch.run().result(some - 1);
        }
    }

    // struct msqid64_ds, of which IPC_SET reads owner, permissions and capacity.
    private static void settings(final ProcessView process, final MessageQueuesState.Queue queue) {
        final IpcObject object = queue.getObject();
        final ByteBuffer struct =
                ByteBuffer.allocate(IpcType.QUEUE.structSize()).order(ByteOrder.LITTLE_ENDIAN);
        struct.putInt(IpcStatus.UID, object.getUid())
                .putInt(IpcStatus.GID, object.getGid())
                .putInt(IpcStatus.MODE, object.getMode())
                .putLong(IpcStatus.MSG_QBYTES, queue.getCapacity());
        final RemoteBatch batch = process.batch();
        final int set = IpcType.QUEUE.add(batch, object.getId(), IpcType.IPC_SET, batch.put(struct.array()));
        if (batch.run().result(set) < 0) {
            throw new Refusal("the message queue " + object.getId() + " cannot have its capacity of "
                    + queue.getCapacity() + " bytes and its owner here: " + Errno.message((int) -batch.result(set))
                    + "; see the kernel's kernel.msgmnb");
        }
    }

    private static void fill(final ProcessView process, final MessageQueuesState.Queue queue) {
        int from = 0;
        while (from < queue.getMessagesCount()) {
            final RemoteBatch batch = process.batch();
            int bytes = 0;
            int to = from;
            while (to < queue.getMessagesCount()
                    && (to == from || bytes + queue.getMessages(to).getData().size() + TYPE_SIZE <= PER_BATCH)) {
                final MessageQueuesState.Message message = queue.getMessages(to);
                final int size = message.getData().size();
                final ByteBuffer buffer = ByteBuffer.allocate(TYPE_SIZE + size).order(ByteOrder.LITTLE_ENDIAN);
                buffer.putLong(message.getType()).put(message.getData().asReadOnlyByteBuffer());
                batch.add(
                        SystemCall.MSGSND,
                        queue.getObject().getId(),
                        batch.put(buffer.array()),
                        size,
                        IpcType.IPC_NOWAIT);
                bytes += TYPE_SIZE + size;
                to++;
            }
            batch.run();
            for (int i = 0; i < to - from; i++) {
                requireSent(batch.result(i), queue.getMessages(from + i), queue);
            }
            from = to;
        }
    }

    private static void requireSent(
            final long result, final MessageQueuesState.Message message, final MessageQueuesState.Queue queue) {
        if (result < 0) {
            throw new Refusal(
                    "a message of " + message.getData().size() + " bytes cannot be put into the message queue "
                            + queue.getObject().getId() + " again: " + Errno.message((int) -result)
                            + "; see the kernel's kernel.msgmax, which is 8192 in a namespace of an ordinary user's restart");
        }
    }

    @Override
    public void undo() {
        names.undo();
    }
}
