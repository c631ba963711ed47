package org.jdmtcp.plugin.shm;

import com.google.protobuf.Parser;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.HostContext;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * POSIX message queues that the computation has open: name, limits, messages with their priorities, notification. There is
 * no way to look at a message without taking it, so all are taken and put back at once, while everything stands still.
 */
final class PosixQueues implements HostStateKind<PosixQueuesState> {
    private static final String DELETED = " (deleted)";

    private final OpenQueues queues;
    private final List<String> made = new ArrayList<>();

    PosixQueues(final OpenQueues queues) {
        this.queues = queues;
    }

    @Override
    public String name() {
        return "POSIX message queues";
    }

    @Override
    public Parser<PosixQueuesState> parser() {
        return PosixQueuesState.parser();
    }

    @Override
    public Optional<PosixQueuesState> inspect(final HostView host) {
        if (queues.found().isEmpty()) {
            return Optional.empty();
        }
        final PosixQueuesState.Builder state = PosixQueuesState.newBuilder().setBoot(IpcNames.boot());
        queues.found().forEach(opened -> state.addQueues(inspect(opened)));
        return Optional.of(state.build());
    }

    private static PosixQueuesState.Queue inspect(final List<DescriptorView> opened) {
        final DescriptorView any = opened.getFirst();
        final FileStatus status = any.status();
        final boolean unlinked = status.links() == 0 && any.target().endsWith(DELETED);
        final String name = any.target().substring(any.target().lastIndexOf('/') + 1);
        try (Fd queue = QueueCalls.reopen(any.open())) {
            final QueueCalls.Attributes attributes = QueueCalls.attributes(queue);
            final PosixQueuesState.Queue.Builder state = PosixQueuesState.Queue.newBuilder()
                    .setInode(status.inode())
                    .setName(ByteStrings.bytes(unlinked ? name.substring(0, name.length() - DELETED.length()) : name))
                    .setUnlinked(unlinked)
                    .setMaxMessages(attributes.maxMessages())
                    .setMaxSize(attributes.maxSize())
                    .setPermissions(status.permissions())
                    .setUid(status.uid())
                    .setGid(status.gid());
            final Optional<QueueNotification> notification = QueueNotification.of(
                    queue,
                    any,
                    opened.stream().flatMap(d -> d.holders().stream()).toList());
            state.addAllMessages(QueueCalls.takeAll(queue, attributes.maxSize()));
            notification.ifPresent(n -> n.use(queue));
            QueueCalls.sendAll(queue, state.getMessagesList());
            notification.map(QueueNotification::renew).ifPresent(state::setNotification);
            return state.build();
        } catch (final LinuxException e) {
            throw new Refusal(any.describe() + ": the message queue cannot be looked at: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isTaken(final PosixQueuesState state) {
        return state.getQueuesList().stream().anyMatch(q -> !q.getUnlinked() && isTaken(q, state.getBoot()));
    }

    private static boolean isTaken(final PosixQueuesState.Queue queue, final String boot) {
        try (Arena arena = Arena.ofConfined()) {
            final long name =
                    Linux.cString(arena, ByteStrings.of(queue.getName())).address();
            final int flags = FileCalls.O_RDWR | FileCalls.O_CLOEXEC;
            final long opened = Linux.raw(SystemCall.MQ_OPEN, name, flags, 0, 0, 0, 0);
            if (opened < 0) {
                return opened != -Errno.ENOENT;
            }
            try (Fd there = new Fd((int) opened)) {
                return !boot.equals(IpcNames.boot())
                        || FileCalls.status(there).inode() != queue.getInode()
                        || !QueueCalls.attributes(there)
                                .equals(new QueueCalls.Attributes(queue.getMaxMessages(), queue.getMaxSize()));
            }
        }
    }

    @Override
    public void restore(final PosixQueuesState state, final HostContext context) {
        for (final PosixQueuesState.Queue queue : state.getQueuesList()) {
            final Fd file = open(context.process(), queue);
            queues.restored(queue.getInode(), file);
            try (Fd own = QueueCalls.reopen(file)) {
                // What came into a queue after the checkpoint has not happened yet.
                QueueCalls.takeAll(own, queue.getMaxSize());
                QueueCalls.sendAll(own, queue.getMessagesList());
            }
            // Only root may give a queue away; the user's own are his already.
            OwnershipCalls.setOwner(file, queue.getUid(), queue.getGid());
            OwnershipCalls.setPermissions(file, queue.getPermissions());
        }
    }

    private Fd open(final ProcessView process, final PosixQueuesState.Queue queue) {
        // One that has lost its name must not find another that has it now.
        final String name = queue.getUnlinked()
                ? "jdmtcp-" + ProcessCalls.self() + "-" + queue.getInode()
                : ByteStrings.of(queue.getName());
        final int flags = FileCalls.O_RDWR | FileCalls.O_CLOEXEC;
        final RemoteBatch batch = process.batch();
        final ByteBuffer attributes =
                ByteBuffer.allocate(QueueCalls.ATTRIBUTES_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        attributes.putLong(QueueCalls.MAX_MESSAGES, queue.getMaxMessages());
        attributes.putLong(QueueCalls.MAX_SIZE, queue.getMaxSize());
        final long address = batch.putString(name);
        // What is there by that name is the queue itself, or else the name is not taken: isTaken has seen to that.
        final int old = batch.add(SystemCall.MQ_OPEN, address, flags, 0, 0);
        final int opened =
                batch.add(SystemCall.MQ_OPEN, address, flags | FileCalls.O_CREAT, 0600, batch.put(attributes.array()));
        if (queue.getUnlinked()) {
            batch.add(SystemCall.MQ_UNLINK, address);
        }
        batch.run();
        if (batch.result(opened) < 0) {
            throw new Refusal("the message queue /" + name + " of " + queue.getMaxMessages() + " messages of "
                    + queue.getMaxSize() + " bytes cannot be made again: "
                    + Errno.message((int) -batch.result(opened))
                    + "; see fs.mqueue.msg_max, fs.mqueue.msgsize_max and ulimit -q");
        }
        if (batch.result(old) < 0 && !queue.getUnlinked()) {
            made.add(name);
        }
        try (Fd pidFd = ProcessCalls.pidFd(process.pid()).orElseThrow()) {
            return ProcessCalls.takeFd(pidFd, (int) batch.result(opened));
        } finally {
            close(process, batch.result(old), batch.result(opened));
        }
    }

    private static void close(final ProcessView process, final long... numbers) {
        final RemoteBatch batch = process.batch();
        for (final long number : numbers) {
            batch.add(SystemCall.CLOSE, number);
        }
        batch.run();
    }

    @Override
    public void attach(final PosixQueuesState state, final HostContext context) {
        queues.close();
        for (final PosixQueuesState.Queue queue : state.getQueuesList()) {
            if (queue.hasNotification()) {
                context.processes().stream()
                        .filter(p -> p.ownPid() == queue.getNotification().getPid())
                        .forEach(p -> QueueNotification.ask(queue.getNotification(), p));
            }
        }
    }

    @Override
    public void undo() {
        queues.close();
        try (Arena arena = Arena.ofConfined()) {
            made.forEach(name ->
                    Linux.raw(SystemCall.MQ_UNLINK, Linux.cString(arena, name).address()));
        }
    }
}
