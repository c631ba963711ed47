package org.jdmtcp.plugin.socket;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * What one end of a connection would receive next, and what it has sent that the peer has not received.
 *
 * @param received in the receive queue of this end
 * @param unreceived in the send queue of this end, and not yet in the receive queue of the other
 */
record TcpFlight(byte[] received, byte[] unreceived) {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** One direction of a connection. */
    record Way(byte[] received, byte[] unreceived) {
        private static final byte[] NOTHING = {};

        /**
         * Looks at one direction without taking anything out. Mostly all that was sent has arrived. Else the send queue is looked
         * at in repair mode; where that is not allowed the receiver is given room for all.
         */
        static Way look(final DescriptorView from, final DescriptorView to) {
            final Fd sender = from.open();
            final Fd receiver = to.open();
            if (hasArrived(sender, receiver)) {
                return new Way(TcpQueue.received(receiver), NOTHING);
            }
            final Optional<TcpRepair> repair = TcpRepair.begin(sender);
            if (repair.isPresent()) {
                try (TcpRepair sending = repair.get();
                        TcpRepair receiving = TcpRepair.begin(receiver).orElseThrow()) {
                    return compare(sender, sending, receiver, receiving);
                }
            }
            return new Way(
                    gather(to, TcpQueue.unacknowledged(sender), () -> hasArrived(sender, receiver)), NOTHING);
        }

        private static boolean hasArrived(final Fd sender, final Fd receiver) {
            return TcpQueue.unacknowledged(sender) == 0
                    || TcpInfo.of(sender).isAllWith(TcpInfo.of(receiver));
        }

        // The send queue first: what arrives meanwhile is then seen twice, and not never.
        private static Way compare(
                final Fd sender, final TcpRepair sending, final Fd receiver, final TcpRepair receiving) {
            final byte[] sent = sending.sent(TcpQueue.unacknowledged(sender));
            final int end = sending.sequence(TcpRepair.SEND_QUEUE);
            final boolean ended = TcpState.of(sender).sendsNoMore();
            int next;
            byte[] received;
            do {
                next = receiving.sequence(TcpRepair.RECEIVE_QUEUE);
                received = TcpQueue.received(receiver);
            } while (next != receiving.sequence(TcpRepair.RECEIVE_QUEUE));
            final int missing = Math.max(0, end - next - (ended ? 1 : 0));
            return new Way(received, Arrays.copyOfRange(sent, sent.length - missing, sent.length));
        }
    }

    /**
     * Gives a receiver room for all that its peer has not been able to send yet, and waits until it has arrived. Looking makes
     * the kernel tell the peer of the room.
     *
     * @param more bytes that are to come
     * @param arrived whether all has
     * @return all that can be received then
     */
    static byte[] gather(final DescriptorView to, final int more, final BooleanSupplier arrived) {
        final Fd receiver = to.open();
        final long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (TcpRoom room = TcpRoom.forMore(receiver, more)) {
            while (!arrived.getAsBoolean()) {
                if (System.nanoTime() > deadline) {
                    throw new Refusal(to.describe() + " has a peer that sent it more than this user can look at ("
                            + more + " bytes); try again when the program has received it, raise the kernel's"
                            + " net.ipv4.tcp_rmem, or run as root");
                }
                TcpQueue.peek(receiver, 1);
            }
        }
        return TcpQueue.received(receiver);
    }
}
