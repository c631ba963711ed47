package org.jdmtcp.plugin.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/** Socket pairs, of which both ends tell who made them. */
final class Pairs {
    private Pairs() {}

    static Fd[] make(final Maker maker, final int type) {
        final RemoteBatch batch = maker.batch();
        final long room = batch.room(2 * Integer.BYTES);
        batch.must(
                SystemCall.SOCKETPAIR, SocketCalls.AF_UNIX, type | FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK, 0, room);
        final ByteBuffer numbers =
                ByteBuffer.wrap(batch.run().bytes(room, 2 * Integer.BYTES)).order(ByteOrder.nativeOrder());
        return new Fd[] {maker.take(numbers.getInt()), maker.take(numbers.getInt())};
    }
}
