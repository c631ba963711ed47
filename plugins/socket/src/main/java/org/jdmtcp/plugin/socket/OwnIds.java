package org.jdmtcp.plugin.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SocketMessage;
import org.jdmtcp.spi.linux.SocketMessage.Credentials;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * Ids that the kernel notes with sockets and messages, as the program sees them. They may be those of processes that have ended, so
 * that nobody can translate them from one pid namespace to another: where the program has its own it is asked itself.
 */
final class OwnIds {
    private static final int CONTROL_SIZE = SocketCalls.CMSGHDR_SIZE + 16;

    private OwnIds() {}

    /**
     * @param told by the kernel to the agent
     * @param descriptor of the program
     * @param inside asks in the process that has the descriptor
     * @return without a process id where that cannot be known
     */
    static Ids of(
            final Credentials told, final DescriptorView descriptor, final Supplier<Optional<Credentials>> inside) {
        final boolean sameView =
                descriptor.process().pid() == descriptor.process().ownPid();
        final int pid;
        if (sameView) {
            pid = told.pid();
        } else if (descriptor.number() < 0) {
            pid = 0;
        } else {
            pid = inside.get().map(Credentials::pid).orElse(0);
        }
        return Ids.newBuilder()
                .setPid(pid)
                .setUid(told.uid())
                .setGid(told.gid())
                .build();
    }

    /** Whom the process sees as the peer. */
    static Optional<Credentials> peer(final DescriptorView descriptor) {
        final RemoteBatch batch = descriptor.process().batch();
        final long value = batch.room(Credentials.SIZE);
        final long size = batch.put(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(Credentials.SIZE)
                .array());
        final int call = batch.add(
                SystemCall.GETSOCKOPT,
                descriptor.number(),
                SocketCalls.SOL_SOCKET,
                SocketCalls.SO_PEERCRED,
                value,
                size);
        batch.run();
        return batch.result(call) < 0
                ? Optional.empty()
                : Optional.of(Credentials.of(batch.bytes(value, Credentials.SIZE)));
    }

    /** Whom the process would see as the sender of what it would receive next. There is no room for descriptors. */
    static Optional<Credentials> sender(final DescriptorView descriptor) {
        final RemoteBatch batch = descriptor.process().batch();
        final long control = batch.room(CONTROL_SIZE);
        final byte[] iovec = ByteBuffer.allocate(2 * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(batch.room(1))
                .putLong(1)
                .array();
        final long header = batch.put(SocketMessage.header(0, 0, batch.put(iovec), control, CONTROL_SIZE));
        final int call = batch.add(
                SystemCall.RECVMSG, descriptor.number(), header, SocketMessage.MSG_PEEK | SocketMessage.MSG_DONTWAIT);
        batch.run();
        return batch.result(call) < 0
                ? Optional.empty()
                : Optional.of(Credentials.of(java.util.Arrays.copyOfRange(
                        batch.bytes(control, CONTROL_SIZE), SocketCalls.CMSGHDR_SIZE, CONTROL_SIZE)));
    }
}
