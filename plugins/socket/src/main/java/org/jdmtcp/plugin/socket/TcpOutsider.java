package org.jdmtcp.plugin.socket;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.view.DescriptorView;

/** A connection whose peer stays where it is: the place in both streams has to be known to the byte. */
final class TcpOutsider {
    private TcpOutsider() {}

    /** Adds the queues, and the place where this user may know it. */
    static void look(final DescriptorView descriptor, final TcpSocketState.Builder message) {
        final Fd socket = descriptor.open();
        final Optional<TcpRepair> begun = TcpRepair.begin(socket);
        if (begun.isEmpty()) {
            message.setReceived(ByteString.copyFrom(TcpQueue.received(socket)));
            return;
        }
        try (TcpRepair repair = begun.get()) {
            final int size = TcpQueue.unacknowledged(socket);
            final byte[] sent = size == 0 ? new byte[0] : repair.sent(size);
            final int end = repair.sequence(TcpRepair.SEND_QUEUE) - (message.getSendsNoMore() ? 1 : 0);
            final int next = repair.sequence(TcpRepair.RECEIVE_QUEUE);
            final byte[] received = TcpQueue.received(socket);
            message.setReceived(ByteString.copyFrom(received))
                    .setUnreceived(ByteString.copyFrom(sent))
                    .setPlace(TcpSocketState.Place.newBuilder()
                            .setSendSequence(end - sent.length)
                            .setReceiveSequence(next - received.length - (message.getPeerSendsNoMore() ? 1 : 0))
                            .setWindow(ByteString.copyFrom(repair.window()))
                            .setTimestamp(repair.timestamp()));
        }
    }
}
