package org.jdmtcp.core.restart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.x86_64.StubProgram;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileSystemCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Where processes are born: in the agent's own pid namespace if their numbers are free there and this user may choose numbers,
 * else in a new one (with a user namespace for ordinary users), which takes an init process. Closing it before
 * {@link #release} ends everything that was born.
 */
final class Nursery implements AutoCloseable {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_CHECKPOINT_RESTORE = 40;
    private static final long CLONE_NEWNS = 0x20000;
    private static final long CLONE_NEWIPC = 0x8000000;
    private static final long CLONE_NEWUSER = 0x10000000;
    private static final long CLONE_NEWPID = 0x20000000;
    private static final long MS_REC_PRIVATE = 0x44000;
    private static final String QUEUES = "/dev/mqueue";
    private static final long MQUEUE_MAGIC = 0x19800202;
    private static final int SIGKILL = 9;
    private static final long EXITS_KEY = 3L << 32;

    private final Newborn stub;
    private final Optional<Fd> exits;
    private Optional<Newborn> init = Optional.empty();
    private boolean ownIpc;
    private int exitsNumber;
    private boolean inSession = true;
    private boolean released;

    private Nursery(final Newborn stub, final Optional<Fd> exits) {
        this.stub = stub;
        this.exits = exits;
    }

    /** Whether a number is taken here, or this user may not choose numbers here. */
    static boolean needsNamespace(final RestartImages images) {
        final long capabilities = Status.read(ProcessCalls.self()).capEffective();
        if ((capabilities & (1L << CAP_SYS_ADMIN | 1L << CAP_CHECKPOINT_RESTORE)) == 0) {
            return true;
        }
        return images.ids().stream()
                .anyMatch(id -> FileCalls.status("/proc/" + id).isPresent());
    }

    /**
     * Starts the stub, and makes the namespaces that are needed.
     *
     * @param namespace whether numbers must be chosen in a pid namespace
     * @param ipc whether an IPC namespace is wanted beside that
     * @param clocks what clocks have to show at least
     * @param warnings for what does not stop the restart
     */
    static Nursery open(
            final Ptrace ptrace,
            final Layout layout,
            final Handover handover,
            final boolean namespace,
            final boolean ipc,
            final ClockTimes clocks,
            final List<String> warnings) {
        Optional<Fd> exits = Optional.empty();
        if (namespace) {
            final Fd[] pipe = FileCalls.pipe(0);
            exits = Optional.of(pipe[0]);
            handover.add(EXITS_KEY, pipe[1]);
        }
        handover.openForChild(true);
        final Nursery nursery;
        try {
            nursery = new Nursery(Stub.start(ptrace, layout), exits);
        } finally {
            handover.openForChild(false);
        }
        handover.clear(nursery.stub.pid(), nursery.stub.scratch());
        try {
            if (namespace) {
                nursery.unshare(ipc);
            }
            TimeNamespace.enter(nursery.stub, clocks, warnings);
            if (namespace) {
                nursery.giveBirthToInit(handover.number(EXITS_KEY));
            }
            return nursery;
        } catch (final RuntimeException e) {
            nursery.close();
            throw e;
        }
    }

    private void unshare(final boolean ipc) {
        ownIpc = ipc;
        final boolean root = ProcessCalls.effectiveUid() == 0;
        final Batch unshare = stub.scratch().batch();
        unshare.must(
                SystemCall.UNSHARE, CLONE_NEWPID | CLONE_NEWNS | (ipc ? CLONE_NEWIPC : 0) | (root ? 0 : CLONE_NEWUSER));
        try {
            unshare.run();
        } catch (final LinuxException e) {
            throw new Refusal(
                    "the ids are taken, or this user may not choose them, and no namespace can be made for the"
                            + " processes: " + e.getMessage()
                            + "; see the kernel's user.max_user_namespaces, or restart as root when the ids are free",
                    e);
        }
        if (!root) {
            mapUser(stub.pid());
        }
    }

    private void giveBirthToInit(final int exitsAt) {
        exitsNumber = exitsAt;
        final Newborn made = makeInit();
        init = Optional.of(made);
        // With a terminal, what is born belongs to the session of that terminal. Init itself leaves it when all are
        // born.
        inSession = Stat.read(ProcessCalls.self()).ttyNr() != 0;
        if (!inSession) {
            leaveSession(made);
        }
    }

    private static void leaveSession(final Newborn init) {
        final Batch batch = init.scratch().batch();
        batch.must(SystemCall.SETSID);
        batch.run();
    }

    // In the new namespace roots are children of its init: the stub stays outside, and the kernel does not let a
    // process make siblings in a namespace that is not its own.
    private Newborn makeInit() {
        final Newborn made = stub.cloneProcess(0, 0, 17, "init");
        final Batch mount = made.scratch().batch();
        final long proc = mount.putString("proc");
        mount.must(SystemCall.MOUNT, 0, mount.putString("/"), 0, MS_REC_PRIVATE, 0);
        mount.must(SystemCall.MOUNT, proc, mount.putString("/proc"), proc, 0, 0);
        if (ownIpc && isQueues(QUEUES)) {
            mount.must(
                    SystemCall.MOUNT,
                    mount.putString("mqueue"),
                    mount.putString(QUEUES),
                    mount.putString("mqueue"),
                    0,
                    0);
        }
        mount.run();
        return made;
    }

    // What is mounted there shows the message queues of the IPC namespace in which it was mounted.
    private static boolean isQueues(final String path) {
        return FileCalls.status(path).isPresent() && FileSystemCalls.type(path) == MQUEUE_MAGIC;
    }

    private static void mapUser(final int pid) {
        final Status self = Status.read(ProcessCalls.self());
        final int uid = self.uid().effective();
        final int gid = self.gid().effective();
        try {
            Files.writeString(Path.of("/proc/" + pid + "/setgroups"), "deny");
            Files.writeString(Path.of("/proc/" + pid + "/uid_map"), uid + " " + uid + " 1");
            Files.writeString(Path.of("/proc/" + pid + "/gid_map"), gid + " " + gid + " 1");
        } catch (final IOException e) {
            throw new Refusal("the user namespace for the processes cannot be set up: " + e.getMessage(), e);
        }
    }

    /** The first process of the restart, in the namespaces that were made apart from the pid namespace. */
    Newborn first() {
        return stub;
    }

    /** Whether the roots are born into the agent's own session. */
    boolean isInSession() {
        return inSession;
    }

    /** From whom the roots are cloned. */
    Newborn stub() {
        return init.orElse(stub);
    }

    /** Hands all open files to the ancestor of everybody who will be born. */
    void deliver(final Handover handover) {
        handover.deliver(stub().pid(), stub().scratch());
    }

    /**
     * Clones a helper, which must {@link #end} before processes are born.
     *
     * @param wanted its id as processes here see it, or 0 for any
     * @throws IdTakenException where that id is in use
     */
    Newborn clone(final int wanted, final String name) {
        return stub().cloneProcess(wanted, rootFlags(), 0, name);
    }

    /** Ends a helper; its id is free when this returns. */
    void end(final Newborn helper) {
        helper.exit(0);
        init.ifPresent(process -> process.reap(helper.ownPid()));
    }

    /** CLONE_PARENT where the roots are to be siblings of the stub, that is children of the agent. */
    long rootFlags() {
        return init.isPresent() ? 0 : Newborn.CLONE_PARENT;
    }

    Optional<Integer> init() {
        return init.map(Newborn::pid);
    }

    Optional<Fd> exits() {
        return exits;
    }

    /** Everything is born: the stub ends, and init begins its work. */
    void release() {
        released = true;
        stub.exit(0);
        init.ifPresent(process -> {
            if (inSession) {
                leaveSession(process);
            }
            startInit(process);
        });
    }

    private void startInit(final Newborn process) {
        final Batch batch = process.scratch().batch();
        final long code = batch.put(StubProgram.initCode());
        final long report = batch.room(16);
        final int pipe = 0;
        batch.must(SystemCall.DUP3, exitsNumber, pipe, 0);
        batch.must(SystemCall.CLOSE_RANGE, 1, 0xffff_ffffL, 0);
        batch.run();
        process.leader().setRegisters(StubProgram.enterInit(process.leader().registers(), code, report, pipe));
        process.leader().setSignalMask(-1L);
        process.leader().options(0);
        process.leader().release();
    }

    @Override
    public void close() {
        if (released) {
            return;
        }
        exits.ifPresent(Fd::close);
        init.ifPresent(process -> ProcessCalls.kill(process.pid(), SIGKILL));
        ProcessCalls.kill(stub.pid(), SIGKILL);
    }
}
