package org.jdmtcp.core.restart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Scratch;
import org.jdmtcp.core.tracee.Stop;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.ThreadView;

/** A process that was cloned for the restart and is being given its state. Stopped; used on the ptrace thread. */
final class Newborn implements ProcessView {
    static final long CLONE_PARENT = 0x8000;
    static final long CLONE_THREAD_FLAGS = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000;
    private static final int CLONE_ARGS_SIZE = 88;
    private static final int WALL = 0x40000000;
    private static final int SIGSTOP = 19;

    private final Ptrace ptrace;
    private final Tracee leader;
    private final Layout layout;
    private final String command;
    private final List<Tracee> threads = new ArrayList<>();
    private Scratch scratch;

    Newborn(
            final Ptrace ptrace,
            final Tracee leader,
            final Layout layout,
            final long instruction,
            final String command) {
        this.ptrace = ptrace;
        this.leader = leader;
        this.layout = layout;
        this.command = command;
        threads.add(leader);
        scratch = Scratch.at(leader, instruction, layout.hole());
    }

    @Override
    public int pid() {
        return leader.pid();
    }

    @Override
    public int ownPid() {
        return leader.ownPid();
    }

    @Override
    public String command() {
        return command;
    }

    @Override
    public RemoteBatch batch() {
        return scratch.batch();
    }

    @Override
    public List<ThreadView> threads() {
        final List<ThreadView> views = new ArrayList<>();
        threads.forEach(thread -> views.add(new NewThread(thread)));
        return views;
    }

    @Override
    public List<byte[]> pendingSignals() {
        final List<byte[]> all = new ArrayList<>(threads.getFirst().pendingSignals(true));
        threads.forEach(thread -> all.addAll(thread.pendingSignals(false)));
        return all;
    }

    private final class NewThread implements ThreadView {
        private final Tracee thread;

        NewThread(final Tracee thread) {
            this.thread = thread;
        }

        @Override
        public int tid() {
            return thread.tid();
        }

        @Override
        public int ownTid() {
            return thread.ownTid();
        }

        @Override
        public RemoteBatch batch() {
            return scratch.through(thread).batch();
        }
    }

    Scratch scratch() {
        return scratch;
    }

    Tracee leader() {
        return leader;
    }

    /** The vdso has moved: from now on this is where a syscall instruction is. */
    void movedTo(final long instruction) {
        scratch = Scratch.at(leader, instruction, layout.hole());
    }

    /**
     * Clones a process with a given id.
     *
     * @param wanted the id in the innermost pid namespace, or 0 for any
     * @param flags CLONE_ flags; with CLONE_PARENT the exit signal must be 0
     */
    Newborn cloneProcess(final int wanted, final long flags, final int exitSignal, final String name) {
        final Tracee child = cloneTask(wanted, flags, exitSignal);
        return new Newborn(ptrace, child, layout, scratch.instruction(), name);
    }

    /** Clones a thread of this process with a given id. */
    Tracee cloneThread(final int wanted) {
        final Tracee thread = cloneTask(wanted, CLONE_THREAD_FLAGS, 0);
        threads.add(thread);
        return thread;
    }

    private Tracee cloneTask(final int wanted, final long flags, final int exitSignal) {
        final Batch batch = scratch.batch();
        final ByteBuffer args = ByteBuffer.allocate(CLONE_ARGS_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        args.putLong(0, flags).putLong(32, exitSignal);
        if (wanted != 0) {
            final ByteBuffer tid = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            args.putLong(64, batch.put(tid.putInt(0, wanted).array())).putLong(72, 1);
        }
        final int call = batch.add(SystemCall.CLONE3, batch.put(args.array()), CLONE_ARGS_SIZE);
        batch.start();
        if (batch.proceed().isEmpty()) {
            throw refused(wanted, (int) -batch.result(call));
        }
        final int tid = leader.eventThread();
        final Stop stop = ptrace.await(tid);
        if (!(stop instanceof Stop.Event)) {
            throw new IllegalStateException("the new task " + tid + " reports " + stop);
        }
        batch.resume();
        if (batch.proceed().isPresent()) {
            throw new IllegalStateException("an unexpected event after clone3");
        }
        final Status status = Status.read(tid);
        return new Tracee(
                ptrace,
                status.tgid(),
                tid,
                status.nsTgid().getLast(),
                status.nsPid().getLast());
    }

    private static RuntimeException refused(final int wanted, final int errno) {
        if (errno == Errno.EEXIST) {
            return new IdTakenException(wanted);
        }
        if (errno == Errno.EPERM) {
            return new Refusal(
                    "clone3 with a chosen process id is not permitted here",
                    new LinuxException("clone3(set_tid = " + wanted + ")", errno));
        }
        return new LinuxException("clone3(set_tid = " + wanted + ")", errno);
    }

    /** Ends this process and takes its end notice, so that nothing of it is left; for helpers that are ours alone. */
    void exit(final int status) {
        final Batch batch = scratch.batch();
        batch.add(SystemCall.EXIT_GROUP, status);
        batch.start();
        batch.proceedToExit();
        leader.forget();
    }

    /** Stops it as {@code kill -STOP} does. It has one thread yet. */
    void stop() {
        ProcessCalls.kill(pid(), SIGSTOP);
        ptrace.resume(leader.tid(), 0);
        Stop stop = ptrace.await(leader.tid());
        while (!(stop instanceof Stop.Event event && event.isGroupStop())) {
            ptrace.resume(
                    leader.tid(), stop instanceof Stop.SignalDelivery(int signal) && signal == SIGSTOP ? SIGSTOP : 0);
            stop = ptrace.await(leader.tid());
        }
    }

    /** Has this process take the end notice of a helper child of its own. */
    void reap(final int child) {
        final Batch batch = scratch.batch();
        batch.must(SystemCall.WAIT4, child, 0, WALL, 0);
        batch.run();
    }

    /** From now on another thread does this process's work, since the leader ends. */
    void continueWith(final Tracee thread) {
        threads.remove(leader);
        scratch = scratch.through(thread);
    }
}
