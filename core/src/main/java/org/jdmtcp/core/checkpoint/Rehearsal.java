package org.jdmtcp.core.checkpoint;

import java.util.List;
import java.util.Map;
import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.freeze.Freeze;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.freeze.TimedWaits;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.procfs.FdTable;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Stop;
import org.jdmtcp.core.tracee.StubProcess;
import org.jdmtcp.core.tracee.TraceeGoneException;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done while the programs stand still, done before on a process of our own: the first checkpoint of an agent would
 * else load and compile most of its classes during the pause. Used on the ptrace thread.
 */
public final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    /** After so many the pause becomes no shorter. */
    private static final int TIMES = 12;

    private static final int SIGKILL = 9;
    private boolean done;

    /** Does it once, before the first checkpoint. */
    void once(final Ptrace ptrace, final PluginRegistry plugins, final StandardStreams streams) {
        if (done) {
            return;
        }
        done = true;
        keepConnections();
        final int stub = StubProcess.spawn();
        try {
            for (int i = 0; i < TIMES; i++) {
                play(ptrace, stub, plugins, streams);
            }
        } catch (final RuntimeException e) {
            // What matters is the real one, which will say the same if it matters there.
            LOG.debug("the rehearsal was left off", e);
        } finally {
            end(ptrace, stub);
        }
    }

    // Java opens its sockets inheritable. The agent's own are nothing to be looked into while it is using them.
    private static void keepConnections() {
        for (final int number : FdTable.numbers(ProcessCalls.self())) {
            if (FileCalls.readLink("/proc/self/fd/" + number).orElse("").startsWith("socket:")) {
                FileCalls.fcntl(number, FileCalls.F_SETFD, FileCalls.FD_CLOEXEC);
            }
        }
    }

    private static void play(
            final Ptrace ptrace, final int stub, final PluginRegistry plugins, final StandardStreams streams) {
        final TimedWaits waits = new TimedWaits();
        waits.look(List.of(stub));
        try (FrozenTree tree = Freeze.of(ptrace, () -> List.of(stub), waits);
                HostCapture capture = new HostCapture(
                        tree, plugins, streams, OpenFileContents.LEAVE, new Timeline(Timeline.Kind.REHEARSAL))) {
            final Map<?, Snapshot> snapshots = Snapshots.of(ptrace, capture);
            snapshots.values().forEach(Snapshot::close);
            waits.remember(tree);
        }
    }

    private static void end(final Ptrace ptrace, final int stub) {
        ProcessCalls.kill(stub, SIGKILL);
        try {
            Stop stop = ptrace.await(stub);
            while (!(stop instanceof Stop.Killed) && !(stop instanceof Stop.Exited)) {
                stop = ptrace.await(stub);
            }
        } catch (final TraceeGoneException e) {
            LOG.debug("the rehearsal's process was reaped already");
        }
    }
}
