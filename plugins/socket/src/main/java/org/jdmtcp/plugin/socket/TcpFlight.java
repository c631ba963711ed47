package org.jdmtcp.plugin.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
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
record TcpFlight(Data received, Data unreceived) {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** One direction of a connection. */
    record Way(Data received, Data unreceived) {
        /**
         * Looks at one direction without taking anything out. Mostly all that was sent has arrived. Else the send queue is looked
         * at in repair mode; where that is not allowed the receiver is given room for all.
         */
        static Way look(final DescriptorView from, final DescriptorView to) {
            final Fd sender = from.open();
            final Fd receiver = to.open();
            try (Arena arena = Arena.ofConfined()) {
                if (!hasArrived(sender, receiver)) {
                    final Optional<TcpRepair> repair = TcpRepair.begin(sender);
                    if (repair.isPresent()) {
                        try (TcpRepair sending = repair.get();
                                TcpRepair receiving = TcpRepair.begin(receiver).orElseThrow()) {
                            return compare(from, sending, to, receiving, arena);
                        }
                    }
                    gather(to, TcpQueue.unacknowledged(sender), () -> hasArrived(sender, receiver));
                }
                return new Way(Bulk.keep(to, TcpQueue.received(receiver, arena)), Data.getDefaultInstance());
            }
        }

        private static boolean hasArrived(final Fd sender, final Fd receiver) {
            return TcpQueue.unacknowledged(sender) == 0 || TcpInfo.of(sender).isAllWith(TcpInfo.of(receiver));
        }

        // The send queue first: what arrives meanwhile is then seen twice, and not never.
        private static Way compare(
                final DescriptorView from,
                final TcpRepair sending,
                final DescriptorView to,
                final TcpRepair receiving,
                final Arena arena) {
            final MemorySegment sent = sending.sent(TcpQueue.unacknowledged(from.open()), arena);
            final int end = sending.sequence(TcpRepair.SEND_QUEUE);
            final boolean ended = TcpState.of(from.open()).sendsNoMore();
            int next;
            MemorySegment received;
            do {
                next = receiving.sequence(TcpRepair.RECEIVE_QUEUE);
                received = TcpQueue.received(to.open(), arena);
            } while (next != receiving.sequence(TcpRepair.RECEIVE_QUEUE));
            final int missing = Math.max(0, end - next - (ended ? 1 : 0));
            return new Way(Bulk.keep(to, received), Bulk.keep(from, sent.asSlice(sent.byteSize() - missing)));
        }
    }

    /** As {@link #tryToGather}. @throws Refusal where not all arrives */
    static void gather(final DescriptorView to, final int more, final BooleanSupplier arrived) {
        if (!tryToGather(to.open(), more, arrived)) {
            throw new Refusal(to.describe() + " has a peer that sent it more than this user can look at; try again when"
                    + " the program has received it, raise the kernel's net.ipv4.tcp_rmem, or run as root");
        }
    }

    /**
     * Gives a receiver room for all that its peer has not been able to send yet, and waits until it has arrived. Looking makes
     * the kernel tell the peer of the room.
     *
     * @param more bytes that are to come
     * @param arrived whether all has
     * @return whether all has
     */
    static boolean tryToGather(final Fd receiver, final int more, final BooleanSupplier arrived) {
        final long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean all = false;
        try (TcpRoom room = TcpRoom.forMore(receiver, more)) {
            while (!all && System.nanoTime() < deadline) {
                TcpQueue.nudge(receiver);
                all = arrived.getAsBoolean();
            }
        }
        return all;
    }
}
