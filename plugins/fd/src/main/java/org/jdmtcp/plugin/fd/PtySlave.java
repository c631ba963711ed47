package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_RDWR;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.linux.TerminalCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * A slave of a pseudo-terminal whose master the program has, too, or had: then it is hung up, and stays so. The terminal that
 * the program was launched on is a {@link StandardStream}, and {@link CharacterDevice} where it was opened as
 * {@code /dev/tty}. Being somebody's controlling terminal is the process's state, and the engine's business.
 */
final class PtySlave implements DescriptorKind<PtySlaveState> {
    private static final int HUNG_UP = PipeCalls.POLLERR | PipeCalls.POLLHUP;
    private static final int ANY = 0;

    private final Ptys ptys;

    PtySlave(final Ptys ptys) {
        this.ptys = ptys;
    }

    @Override
    public String name() {
        return "pty-slave";
    }

    @Override
    public Parser<PtySlaveState> parser() {
        return PtySlaveState.parser();
    }

    @Override
    public Optional<PtySlaveState> inspect(final DescriptorView descriptor) {
        if (!PtyId.isSlave(descriptor)) {
            return Optional.empty();
        }
        final boolean hungUp = (PipeCalls.poll(descriptor.open(), 0) & HUNG_UP) == HUNG_UP;
        final Optional<PtyId> id = PtyId.ofSlave(descriptor);
        if (!hungUp && id.filter(own -> ptys.hasMaster(own, descriptor)).isEmpty()) {
            if (PtyId.isControlling(descriptor)) {
                return Optional.empty();
            }
            throw new Refusal(
                    descriptor.describe() + " is a terminal of another program: neither was the program launched"
                            + " on it, nor is its master in the computation; checkpoint when the program has closed it");
        }
        if (!hungUp && TerminalCalls.discipline(descriptor.open()) != TerminalCalls.N_TTY) {
            throw new Refusal(descriptor.describe() + " has a line discipline of its own (as slip and ppp have), which"
                    + " cannot be restored; checkpoint when the program has given it up");
        }
        return Optional.of(PtySlaveState.newBuilder()
                .setPath(BytePath.bytes(descriptor.target()))
                .setFlags(descriptor.flags())
                .setDevice(id.map(PtyId::device).orElse(0L))
                .setIndex(id.map(PtyId::index).orElse(0))
                .setHungUp(hungUp)
                .build());
    }

    @Override
    public Fd restore(final PtySlaveState state, final RestoreContext context) {
        final int flags = StatusFlags.forReopening(state.getFlags());
        if (state.getHungUp()) {
            // The kernel hangs the slaves up when the master is closed.
            try (Fd master = Ptys.openAny(context)) {
                return TerminalCalls.peer(master, flags);
            }
        }
        final Fd master = ptys.master(new PtyId(state.getDevice(), state.getIndex()));
        return BytePath.of(state.getPath()).equals(PtyId.CONTROLLING)
                ? openControlling(master, flags, context)
                : TerminalCalls.peer(master, flags);
    }

    /** Only a process of the terminal's session can open it by that name: a short-lived one founds such a session. */
    private static Fd openControlling(final Fd master, final int flags, final RestoreContext context) {
        final Maker maker = context.maker(ANY, ProcessCalls.effectiveUid(), ProcessCalls.effectiveGid());
        final int slave;
        try (Fd own = TerminalCalls.peer(master, O_RDWR)) {
            slave = maker.give(own);
        }
        final RemoteBatch batch = maker.batch();
        // It may have done this before.
        batch.add(SystemCall.SETSID);
        batch.must(SystemCall.IOCTL, slave, TerminalCalls.TIOCSCTTY, 0);
        final int opened = batch.must(
                SystemCall.OPENAT,
                FileCalls.AT_FDCWD,
                batch.putString(PtyId.CONTROLLING),
                flags | FileCalls.O_CLOEXEC,
                0);
        batch.must(SystemCall.IOCTL, slave, TerminalCalls.TIOCNOTTY, 0);
        batch.must(SystemCall.CLOSE, slave);
        batch.run();
        return maker.take((int) batch.result(opened));
    }
}
