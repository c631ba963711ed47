package org.jdmtcp.plugin.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.RestoredDescriptor;

/** Whom a socket tells by a signal that something can be done (O_ASYNC, F_SETOWN, F_SETSIG: {@code fcntl(2)}). */
final class SignalMode {
    private static final int F_SETSIG = 10;
    private static final int F_GETSIG = 11;
    private static final int F_SETOWN_EX = 15;
    private static final int F_GETOWN_EX = 16;
    private static final int F_OWNER_TID = 0;
    /** {@code struct f_owner_ex} ({@code asm-generic/fcntl.h}): type at 0, pid at 4. */
    private static final int SIZE = 8;

    private SignalMode() {}

    /** What is set; nothing where nothing is. */
    static FileOwner capture(final DescriptorView descriptor) {
        final int socket = descriptor.open().number();
        final FileOwner.Builder owner = FileOwner.newBuilder()
                .setSignal((int) Linux.check(FileCalls.fcntl(socket, F_GETSIG, 0), "fcntl(F_GETSIG)"))
                .setAsync((descriptor.flags() & FileCalls.O_ASYNC) != 0);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment told = arena.allocate(SIZE, Integer.BYTES);
            Linux.check(FileCalls.fcntl(socket, F_GETOWN_EX, told.address()), "fcntl(F_GETOWN_EX)");
            owner.setType(told.get(ValueLayout.JAVA_INT, 0)).setPid(told.get(ValueLayout.JAVA_INT, 4));
        }
        if (owner.getPid() == 0) {
            owner.clearType();
        } else if (owner.getType() == F_OWNER_TID) {
            throw new Refusal(descriptor.describe() + " sends signals to a thread (F_SETOWN_EX with F_OWNER_TID), which"
                    + " cannot be restored; checkpoint when the program has switched it off");
        } else if (descriptor.process().pid() != descriptor.process().ownPid() && descriptor.number() >= 0) {
            owner.setPid(asProgramSeesIt(descriptor));
        }
        return owner.build();
    }

    private static int asProgramSeesIt(final DescriptorView descriptor) {
        final RemoteBatch batch = descriptor.process().batch();
        final long room = batch.room(SIZE);
        batch.must(SystemCall.FCNTL, descriptor.number(), F_GETOWN_EX, room);
        return ByteBuffer.wrap(batch.run().bytes(room, SIZE))
                .order(ByteOrder.nativeOrder())
                .getInt(4);
    }

    /** Sets it in a process that has the socket; only there the owner's number means what it did. */
    static void restore(final FileOwner owner, final int flags, final RestoredDescriptor descriptor) {
        if (owner.equals(FileOwner.getDefaultInstance())) {
            return;
        }
        final RemoteBatch batch = descriptor.process().batch();
        final ByteBuffer target = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
        target.putInt(owner.getType()).putInt(owner.getPid());
        if (owner.getPid() != 0) {
            batch.must(SystemCall.FCNTL, descriptor.number(), F_SETOWN_EX, batch.put(target.array()));
        }
        batch.must(SystemCall.FCNTL, descriptor.number(), F_SETSIG, owner.getSignal());
        if (owner.getAsync()) {
            batch.must(
                    SystemCall.FCNTL,
                    descriptor.number(),
                    FileCalls.F_SETFL,
                    flags & FileCalls.O_NONBLOCK | FileCalls.O_ASYNC);
        }
        batch.run();
    }
}
