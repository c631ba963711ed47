package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.DescriptorView.Holder;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.RestoredDescriptor;

/**
 * A descriptor of a process or thread ({@code pidfd_open(2)}): of one that lives, that has ended and was not waited for, or
 * that is gone. What is outside of the computation would be somebody else after a restart and is refused.
 *
 * <p>Open files are made before the processes are, so a socket of ours keeps the place. When the processes are there, one
 * that is to have the descriptor opens it, and the others get that same open file through the socket that they all
 * have in its stead. A thread other than the first exists later still: {@link #openThreads}. The exit status of a process that was gone
 * ({@code PIDFD_GET_INFO}, Linux 6.15) is not kept.
 */
final class PidFd implements DescriptorKind<PidFdState> {
    private static final String TARGET = "anon_inode:[pidfd]";
    private static final String EPOLL = "anon_inode:[eventpoll]";
    /** {@code linux/pidfd.h}; F_GETFL shows it, too. */
    private static final int PIDFD_THREAD = FileCalls.O_EXCL;

    private static final int GONE = 0;
    private static final int SPARE = 16;

    private final Scratch scratch;
    private final Map<PidFdState, Fd> ways = new IdentityHashMap<>();
    private final List<Runnable> threads = new ArrayList<>();

    /** @param scratch owner of what is held open until the program runs */
    PidFd(final Scratch scratch) {
        this.scratch = scratch;
    }

    @Override
    public String name() {
        return "pidfd";
    }

    @Override
    public Parser<PidFdState> parser() {
        return PidFdState.parser();
    }

    @Override
    public Optional<PidFdState> inspect(final DescriptorView descriptor) {
        if (!descriptor.target().equals(TARGET)) {
            return Optional.empty();
        }
        final int seen = InfoLine.value(descriptor, "Pid")
                .map(Integer::parseInt)
                .orElseThrow(
                        () -> new Refusal(descriptor.describe() + ": the kernel does not tell its process in fdinfo"));
        final PidFdState.Builder state = PidFdState.newBuilder().setFlags(descriptor.flags());
        if (seen <= 0) {
            return Optional.of(state.setPid(GONE).build());
        }
        final OptionalInt member = descriptor.member(seen);
        if (member.isEmpty()) {
            throw new Refusal(
                    descriptor.describe() + " is a descriptor of process " + seen + ", which is outside of the"
                            + " computation: after a restart that would be another process; launch it in the same computation, or"
                            + " checkpoint when the descriptor is closed");
        }
        state.setPid(member.getAsInt());
        if (isLaterThread(descriptor, seen)) {
            refuseWatched(descriptor);
        }
        return Optional.of(state.build());
    }

    private static boolean isLaterThread(final DescriptorView descriptor, final int tid) {
        return (descriptor.flags() & PIDFD_THREAD) != 0
                && FileCalls.status("/proc/" + tid + "/task/" + tid).isPresent()
                && !isLeader(tid);
    }

    private static boolean isLeader(final int tid) {
        final long result = Linux.raw(SystemCall.PIDFD_OPEN, tid, 0);
        if (Errno.isError(result)) {
            return false;
        }
        new Fd((int) result).close();
        return true;
    }

    // Epoll instances are filled before there are threads.
    private static void refuseWatched(final DescriptorView descriptor) {
        final long inode = descriptor.status().inode();
        for (final DescriptorView other : descriptor.computation()) {
            if (other.target().equals(EPOLL)
                    && EpollEntry.parse(other.info()).stream().anyMatch(entry -> entry.inode() == inode)) {
                throw new Refusal(
                        descriptor.describe() + " is a descriptor of a thread and is watched with epoll, which"
                                + " cannot be restored; checkpoint when it is not watched");
            }
        }
    }

    @Override
    public Fd restore(final PidFdState state, final RestoreContext context) {
        if (state.getPid() == GONE) {
            return StatusFlags.set(ofOneThatEnds(state, context), state.getFlags());
        }
        final Fd[] pair = SocketCalls.pair();
        ways.put(state, scratch.hold(pair[0]));
        return pair[1];
    }

    /** Makers end, and are waited for, before there are processes. */
    private static Fd ofOneThatEnds(final PidFdState state, final RestoreContext context) {
        final Maker maker = context.maker(0, ProcessCalls.effectiveUid(), ProcessCalls.effectiveGid());
        final RemoteBatch self = maker.batch();
        final int pid = self.must(SystemCall.GETPID);
        final long number = self.run().result(pid);
        final RemoteBatch open = maker.batch();
        final int opened = open.must(SystemCall.PIDFD_OPEN, number, state.getFlags() & PIDFD_THREAD);
        return maker.take((int) open.run().result(opened));
    }

    @Override
    public void attach(final PidFdState state, final RestoredDescriptor descriptor) {
        if (state.getPid() == GONE || open(state, descriptor)) {
            return;
        }
        threads.add(() -> {
            if (!open(state, descriptor)) {
                throw new Refusal("fd " + descriptor.number() + " of process "
                        + descriptor.process().ownPid() + " was a descriptor of thread " + state.getPid()
                        + ", which is not among what was restarted; restart all images of the checkpoint together");
            }
        });
    }

    /** What waited for the threads. */
    void openThreads() {
        threads.forEach(Runnable::run);
        threads.clear();
    }

    /** @return false where there is no such process or thread (yet) */
    private boolean open(final PidFdState state, final RestoredDescriptor descriptor) {
        final ProcessView first = descriptor.process();
        final RemoteBatch open = first.batch();
        final int opened = open.add(
                SystemCall.PIDFD_OPEN, state.getPid(), state.getFlags() & (PIDFD_THREAD | FileCalls.O_NONBLOCK));
        final long number = open.run().result(opened);
        if (number == -Errno.ESRCH || number == -Errno.ENOENT) {
            return false;
        }
        Linux.check(number, "pidfd_open(" + state.getPid() + ")");
        try (Fd way = Objects.requireNonNull(ways.remove(state))) {
            shareWithOthers(first, (int) number, way, descriptor.holders());
        }
        place(first, (int) number, descriptor.holders());
        return true;
    }

    private static void shareWithOthers(
            final ProcessView first, final int number, final Fd way, final List<Holder> holders) {
        final Map<Integer, Holder> others = new LinkedHashMap<>();
        holders.stream()
                .filter(holder -> holder.process().pid() != first.pid())
                .forEach(holder -> others.putIfAbsent(holder.process().pid(), holder));
        if (others.isEmpty()) {
            return;
        }
        try (Fd process = ProcessCalls.pidFd(first.pid()).orElseThrow();
                Fd file = ProcessCalls.takeFd(process, number)) {
            for (final Holder holder : others.values()) {
                SocketCalls.sendDescriptors(way, List.of(file));
                place(holder.process(), receive(holder), holders);
            }
        }
    }

    private static int receive(final Holder holder) {
        final RemoteBatch batch = holder.process().batch();
        final int controlSize = SocketCalls.controlSize(1);
        final long control = batch.room(controlSize);
        final long data = batch.room(SPARE);
        final long iovec = batch.put(longs(data, 1));
        final long header = batch.put(longs(0, 0, iovec, 1, control, controlSize, 0));
        batch.must(SystemCall.RECVMSG, holder.number(), header, FileCalls.O_CLOEXEC);
        return ByteBuffer.wrap(batch.run().bytes(control, controlSize))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt(SocketCalls.CMSGHDR_SIZE);
    }

    private static void place(final ProcessView process, final int number, final List<Holder> holders) {
        final RemoteBatch batch = process.batch();
        holders.stream()
                .filter(holder -> holder.process().pid() == process.pid())
                .forEach(holder -> batch.must(
                        SystemCall.DUP3, number, holder.number(), holder.closeOnExec() ? FileCalls.O_CLOEXEC : 0));
        batch.must(SystemCall.CLOSE, number);
        batch.run();
    }

    private static byte[] longs(final long... values) {
        final ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (final long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }
}
