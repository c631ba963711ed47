package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_ASYNC;

import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.plugin.fd.FileOwnersState.Owner;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.ProcessResource;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.OpenDescriptor;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * Signal-driven mode: who is told when an open file is ready, or when a lease is to be given up, and by which signal. It comes
 * after the locks, since taking a lease sets the owner. A folder with an owner is one that dnotify watches ({@code F_NOTIFY}),
 * which the kernel tells nobody about; it is refused.
 */
final class FileOwners implements ProcessStateKind<FileOwnersState> {
    // fcntl.h
    private static final int F_SETSIG = 10;
    private static final int F_GETSIG = 11;
    private static final int F_SETOWN_EX = 15;
    private static final int F_GETOWN_EX = 16;

    /** {@code struct f_owner_ex} (asm-generic/fcntl.h): s32 type at 0, s32 pid at 4. */
    private static final int OWNER_SIZE = 8;

    /** Questions that fit into a process's batch beside those of others; whoever has more descriptors is asked again. */
    private static final int MOST = 4000;

    @Override
    public String name() {
        return "file-owners";
    }

    @Override
    public Parser<FileOwnersState> parser() {
        return FileOwnersState.parser();
    }

    @Override
    public Set<ProcessResource> restores() {
        return Set.of(ProcessResource.FILE_OWNERS);
    }

    private record Question(OpenDescriptor descriptor, long room, int owner, int signal) {}

    @Override
    public Inquiry<FileOwnersState> inquire(final ProcessView process, final RemoteBatch batch) {
        final List<OpenDescriptor> all = process.descriptors().stream()
                .filter(descriptor -> descriptor.isFirst() && (descriptor.file().flags() & FileCalls.O_PATH) == 0)
                .toList();
        final List<Question> asked = ask(all.subList(0, Math.min(MOST, all.size())), batch);
        return done -> {
            final FileOwnersState.Builder state = FileOwnersState.newBuilder();
            asked.forEach(question -> answer(question, done, process).ifPresent(state::addOwners));
            for (int from = MOST; from < all.size(); from += MOST) {
                final RemoteBatch more = process.batch();
                final List<Question> further = ask(all.subList(from, Math.min(from + MOST, all.size())), more);
                more.run();
                further.forEach(question -> answer(question, more, process).ifPresent(state::addOwners));
            }
            return state.getOwnersCount() == 0 ? Optional.empty() : Optional.of(state.build());
        };
    }

    private static List<Question> ask(final List<OpenDescriptor> descriptors, final RemoteBatch batch) {
        final List<Question> asked = new ArrayList<>();
        for (final OpenDescriptor descriptor : descriptors) {
            final long room = batch.room(OWNER_SIZE);
            asked.add(new Question(
                    descriptor,
                    room,
                    batch.must(SystemCall.FCNTL, descriptor.number(), F_GETOWN_EX, room),
                    batch.must(SystemCall.FCNTL, descriptor.number(), F_GETSIG, 0)));
        }
        return asked;
    }

    private static Optional<Owner> answer(final Question question, final RemoteBatch done, final ProcessView process) {
        final ByteBuffer told =
                ByteBuffer.wrap(done.bytes(question.room, OWNER_SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        final OpenDescriptor descriptor = question.descriptor;
        final Owner owner = Owner.newBuilder()
                .setNumber(descriptor.number())
                .setType(told.getInt(0))
                .setId(told.getInt(4))
                .setSignal((int) done.result(question.signal))
                .setSignalDriven((descriptor.file().flags() & O_ASYNC) != 0)
                .build();
        // A thread's owner has a type and no id: dnotify sets it so where it is not the first thread that asks.
        final boolean watched =
                descriptor.file().status().isDirectory() && (owner.getId() != 0 || owner.getType() != 0);
        if (watched) {
            throw new Refusal(
                    descriptor.file().describe() + " is watched with dnotify (F_NOTIFY), which cannot be restored;"
                            + " have the program use inotify, or checkpoint when that descriptor is closed");
        }
        if (owner.getId() == 0 && owner.getSignal() == 0 && !owner.getSignalDriven()) {
            return Optional.empty();
        }
        final boolean outside = isOutside(owner, descriptor, process);
        if (outside && descriptor.file().standardStream().isPresent()) {
            // Its owner is that of whoever has lent the stream.
            return Optional.empty();
        }
        refuse(owner, descriptor, outside);
        return Optional.of(owner);
    }

    // In a namespace of the restart's making there is nobody else.
    private static boolean isOutside(final Owner owner, final OpenDescriptor descriptor, final ProcessView process) {
        return owner.getId() != 0
                && process.pid() == process.ownPid()
                && descriptor.file().member(owner.getId()).isEmpty();
    }

    private static void refuse(final Owner owner, final OpenDescriptor descriptor, final boolean outside) {
        final String whose = descriptor.file().describe();
        if (outside) {
            throw new Refusal(whose + " sends its signals to process or group " + owner.getId()
                    + ", which is outside of the computation; launch that in the same computation, or have the program"
                    + " choose another owner (F_SETOWN)");
        }
    }

    @Override
    public void restore(final FileOwnersState state, final ProcessView process, final RestoreContext context) {
        final RemoteBatch batch = process.batch();
        for (final Owner owner : state.getOwnersList()) {
            final int number = owner.getNumber();
            if (owner.getId() != 0) {
                final byte[] struct = ByteBuffer.allocate(OWNER_SIZE)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(owner.getType())
                        .putInt(owner.getId())
                        .array();
                batch.must(SystemCall.FCNTL, number, F_SETOWN_EX, batch.put(struct));
            }
            if (owner.getSignal() != 0) {
                batch.must(SystemCall.FCNTL, number, F_SETSIG, owner.getSignal());
            }
        }
        batch.run();
        switchOn(state, process);
    }

    private static void switchOn(final FileOwnersState state, final ProcessView process) {
        final List<Owner> driven =
                state.getOwnersList().stream().filter(Owner::getSignalDriven).toList();
        final RemoteBatch ask = process.batch();
        final List<Integer> flags = driven.stream()
                .map(owner -> ask.must(SystemCall.FCNTL, owner.getNumber(), FileCalls.F_GETFL, 0))
                .toList();
        ask.run();
        final RemoteBatch set = process.batch();
        for (int i = 0; i < driven.size(); i++) {
            set.must(
                    SystemCall.FCNTL, driven.get(i).getNumber(), FileCalls.F_SETFL, ask.result(flags.get(i)) | O_ASYNC);
        }
        set.run();
    }
}
