package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_NONBLOCK;
import static org.jdmtcp.spi.linux.FileCalls.O_RDWR;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.plugin.fd.PtyMasterState.Slave;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.linux.TerminalCalls;
import org.jdmtcp.spi.linux.Termios;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * The master of a pseudo-terminal that the program made itself ({@code pty(7)}), as terminal multiplexers and expect do. The
 * state of the whole terminal goes with it; {@link PtySlave} knows the rest.
 *
 * <p>What was typed into a terminal whose slave nobody has opened yet cannot be seen, and is lost.
 */
final class PtyMaster implements DescriptorKind<PtyMasterState> {
    private final Ptys ptys;
    private final List<PtyMasterState> made = new ArrayList<>();

    PtyMaster(final Ptys ptys) {
        this.ptys = ptys;
    }

    @Override
    public String name() {
        return "pty-master";
    }

    @Override
    public Parser<PtyMasterState> parser() {
        return PtyMasterState.parser();
    }

    @Override
    public Optional<PtyMasterState> inspect(final DescriptorView descriptor) {
        if (!PtyId.isMaster(descriptor)) {
            return Optional.empty();
        }
        final int index = TerminalCalls.index(descriptor.open());
        final FileStatus name = PtyId.slaveOf(descriptor, index)
                .orElseThrow(() -> new Refusal(descriptor.describe() + " is pseudo-terminal " + index
                        + ", whose name cannot be found; mount its devpts at /dev/pts again"));
        final PtyId id = new PtyId(name.device(), index);
        refuseDiscipline(descriptor);
        final Optional<DescriptorView> member = ptys.slave(id, descriptor);
        final Slave slave = member.isPresent() ? Slave.OPEN : absent(descriptor);
        final PtyMasterState.Builder state = PtyMasterState.newBuilder()
                .setPath(BytePath.bytes(descriptor.target()))
                .setFlags(descriptor.flags())
                .setDevice(id.device())
                .setIndex(index)
                .setSlave(slave)
                .setPermissions(name.permissions())
                .setUid(name.uid())
                .setGid(name.gid());
        describe(descriptor.open(), state);
        if (slave != Slave.NEVER_OPENED) {
            lookInto(descriptor, member, state);
        }
        return Optional.of(state.build());
    }

    private static void refuseDiscipline(final DescriptorView descriptor) {
        if (TerminalCalls.discipline(descriptor.open()) != TerminalCalls.N_TTY) {
            throw new Refusal(descriptor.describe() + " has a line discipline of its own (as slip and ppp have), which"
                    + " cannot be restored; checkpoint when the program has given it up");
        }
    }

    private static Slave absent(final DescriptorView master) {
        if ((PipeCalls.poll(master.open(), 0) & PipeCalls.POLLHUP) != 0) {
            return Slave.CLOSED;
        }
        final int session = TerminalCalls.session(master.open());
        if (session != 0) {
            throw new Refusal(master.describe() + " is the terminal of session " + session
                    + ", which is outside of the computation; launch that program in the same computation");
        }
        return Slave.NEVER_OPENED;
    }

    private static void describe(final Fd master, final PtyMasterState.Builder state) {
        state.setSettings(ByteString.copyFrom(TerminalCalls.settings(master).bytes()))
                .setLockedSettings(ByteString.copyFrom(TerminalCalls.lockedSettings(master)))
                .setWindowSize(ByteString.copyFrom(TerminalCalls.windowSize(master)))
                .setPacketMode(TerminalCalls.isPacketMode(master))
                .setSlaveLocked(TerminalCalls.isLocked(master))
                .setExclusive(TerminalCalls.isExclusive(master));
    }

    /** What needs a slave of the agent's own, which leaves no trace where the program has opened one before. */
    private static void lookInto(
            final DescriptorView descriptor,
            final Optional<DescriptorView> member,
            final PtyMasterState.Builder state) {
        final Fd master = descriptor.open();
        final Termios settings = new Termios(state.getSettings().toByteArray());
        final Optional<Fd> exclusive = member.map(DescriptorView::open).filter(TerminalCalls::isExclusive);
        exclusive.ifPresent(slave -> TerminalCalls.setExclusive(slave, false));
        TerminalCalls.setLocked(master, false);
        try (Fd slave = TerminalCalls.peer(master, O_RDWR | O_NONBLOCK);
                TerminalQueues queues = new TerminalQueues(master, slave, settings)) {
            state.setSlaveExclusive(exclusive.isPresent()).setData(queues.peek());
        } catch (final LinuxException e) {
            throw new Refusal(
                    descriptor.describe() + ": what waits in the terminal cannot be kept: " + e.getMessage(), e);
        } finally {
            TerminalCalls.setLocked(master, state.getSlaveLocked());
            exclusive.ifPresent(slave -> TerminalCalls.setExclusive(slave, true));
        }
    }

    @Override
    public void prepare(final List<PtyMasterState> all, final RestoreContext context) {
        all.forEach(state -> ptys.make(id(state), context));
        made.addAll(all);
    }

    private static PtyId id(final PtyMasterState state) {
        return new PtyId(state.getDevice(), state.getIndex());
    }

    @Override
    public Fd restore(final PtyMasterState state, final RestoreContext context) {
        return ptys.master(id(state)).duplicate();
    }

    /** All slaves are open: now comes what would have been in their way. */
    @Override
    public void complete(final RestoreContext context) {
        made.forEach(state -> complete(state, context));
    }

    private void complete(final PtyMasterState state, final RestoreContext context) {
        final Fd master = ptys.master(id(state));
        TerminalCalls.setWindowSize(master, state.getWindowSize().toByteArray());
        TerminalCalls.setPacketMode(master, state.getPacketMode());
        if (state.getSlave() == Slave.NEVER_OPENED) {
            TerminalCalls.setSettings(master, new Termios(state.getSettings().toByteArray()));
        } else {
            fill(master, state);
        }
        if (state.getExclusive()) {
            TerminalCalls.setExclusive(master, true);
        }
        if (state.getLockedSettings().toByteArray().length > 0) {
            lockSettings(master, state, context);
        }
        StatusFlags.set(master, state.getFlags());
        TerminalCalls.setLocked(master, state.getSlaveLocked());
    }

    private static void fill(final Fd master, final PtyMasterState state) {
        final Termios settings = new Termios(state.getSettings().toByteArray());
        try (Fd slave = TerminalCalls.peer(master, O_RDWR | O_NONBLOCK);
                TerminalQueues queues = new TerminalQueues(master, slave, settings)) {
            OwnershipCalls.setPermissions(slave, state.getPermissions());
            // Only root may give it away; the user's own terminal is his already.
            OwnershipCalls.setOwner(slave, state.getUid(), state.getGid());
            queues.put(state.getData());
            if (state.getSlaveExclusive()) {
                TerminalCalls.setExclusive(slave, true);
            }
        }
    }

    private static void lockSettings(final Fd master, final PtyMasterState state, final RestoreContext context) {
        final byte[] locked = state.getLockedSettings().toByteArray();
        if (java.util.Arrays.equals(locked, new byte[locked.length])) {
            return;
        }
        final long result = TerminalCalls.setLockedSettings(master, locked);
        if (Errno.isError(result)) {
            context.warn("settings of pseudo-terminal " + state.getIndex()
                    + " that were locked are not: that takes CAP_SYS_ADMIN (" + Errno.message((int) -result) + ")");
        }
    }
}
