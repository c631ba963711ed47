package org.jdmtcp.core.restart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * The processes that make open files under other ids than the agent's. They are born and end before the processes of the
 * computation are, so that the ids are free again. Closing it ends them.
 */
final class Makers implements AutoCloseable {
    private static final int ANY = 0;
    private static final long KEEP = 0xffff_ffffL;
    /** No process id: the one in a network namespace. */
    private static final int IN_OWN_NETWORK = -1;

    private static final long CLONE_NEWUSER = 0x1000_0000;
    private static final long CLONE_NEWNET = 0x4000_0000;

    private final Nursery nursery;
    private final Handover handover;
    private final Consumer<String> warnings;
    private final Map<Integer, Process> makers = new LinkedHashMap<>();

    /** @param warnings told of ids that cannot be had */
    Makers(final Nursery nursery, final Handover handover, final Consumer<String> warnings) {
        this.nursery = nursery;
        this.handover = handover;
        this.warnings = warnings;
    }

    /** See {@link org.jdmtcp.spi.RestoreContext#maker}. */
    Maker maker(final int pid, final int uid, final int gid) {
        final Process process = makers.computeIfAbsent(Math.max(pid, ANY), wanted -> new Process(birth(wanted)));
        process.become(uid, gid);
        return process;
    }

    /** See {@link org.jdmtcp.spi.RestoreContext#networkMaker}. */
    Maker inOwnNetwork() {
        return makers.computeIfAbsent(IN_OWN_NETWORK, _ -> {
            final Newborn newborn = nursery.clone(ANY, "maker");
            leaveNetwork(newborn);
            return new Process(newborn);
        });
    }

    // Who may not make a network namespace may in a user namespace, which makes the agent its owner.
    private static void leaveNetwork(final Newborn newborn) {
        final Batch batch = newborn.scratch().batch();
        final int plain = batch.add(SystemCall.UNSHARE, CLONE_NEWNET);
        batch.run();
        if (batch.result(plain) != -Errno.EPERM) {
            Linux.check(batch.result(plain), "unshare(CLONE_NEWNET)");
            return;
        }
        final Batch owned = newborn.scratch().batch();
        owned.must(SystemCall.UNSHARE, CLONE_NEWUSER | CLONE_NEWNET);
        try {
            owned.run();
        } catch (final LinuxException e) {
            throw new Refusal(
                    "TCP connections cannot be made again: this user may not administer the network, and no network"
                            + " namespace can be made: " + e.getMessage()
                            + "; see the kernel's user.max_user_namespaces and user.max_net_namespaces, or restart as"
                            + " root",
                    e);
        }
    }

    private Newborn birth(final int pid) {
        try {
            return nursery.clone(pid, "maker");
        } catch (final IdTakenException e) {
            warnings.accept("the peer of a socket was process " + pid + ", an id that is in use: it shows another one");
            return nursery.clone(ANY, "maker");
        }
    }

    private final class Process implements Maker {
        private final Newborn newborn;
        private int uid = ProcessCalls.effectiveUid();
        private int gid = ProcessCalls.effectiveGid();

        Process(final Newborn newborn) {
            this.newborn = newborn;
        }

        // The kernel notes effective ids; the saved ones stay root's, to change again. Others than root have no choice.
        private void become(final int newUid, final int newGid) {
            if (ProcessCalls.effectiveUid() != 0 || uid == newUid && gid == newGid) {
                return;
            }
            final Batch batch = newborn.scratch().batch();
            batch.must(SystemCall.SETRESUID, KEEP, 0, KEEP);
            batch.must(SystemCall.SETRESGID, KEEP, newGid, KEEP);
            batch.must(SystemCall.SETRESUID, KEEP, newUid, KEEP);
            batch.run();
            uid = newUid;
            gid = newGid;
        }

        @Override
        public RemoteBatch batch() {
            return newborn.batch();
        }

        @Override
        public int give(final Fd file) {
            return handover.give(newborn.scratch(), file);
        }

        @Override
        public Fd take(final int number) {
            final Fd taken;
            try (Fd process = ProcessCalls.pidFd(newborn.pid()).orElseThrow()) {
                taken = ProcessCalls.takeFd(process, number);
            }
            final Batch batch = newborn.scratch().batch();
            batch.must(SystemCall.CLOSE, number);
            batch.run();
            return taken;
        }
    }

    @Override
    public void close() {
        List.copyOf(makers.values()).forEach(maker -> nursery.end(maker.newborn));
        makers.clear();
    }
}
