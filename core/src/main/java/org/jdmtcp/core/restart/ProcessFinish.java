package org.jdmtcp.core.restart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.freeze.GroupStop;
import org.jdmtcp.core.process.ControlGroups;
import org.jdmtcp.core.process.CredentialState;
import org.jdmtcp.core.process.ProcessRebuild;
import org.jdmtcp.core.process.message.Credentials;
import org.jdmtcp.core.process.message.ProcessState;
import org.jdmtcp.core.process.message.ThreadState;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.procfs.TaskState;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;

/** Completes a newborn process whose memory is whole: descriptors, attributes, threads, and at last its freedom. */
final class ProcessFinish {
    private static final Duration LEADER_EXIT = Duration.ofSeconds(10);

    private final Newborn process;
    private final ProcessState state;
    private final List<String> warnings;
    private final List<Tracee> threads = new ArrayList<>();

    ProcessFinish(final Newborn process, final ProcessState state, final List<String> warnings) {
        this.process = process;
        this.state = state;
        this.warnings = warnings;
    }

    /** Descriptors to their places; everything of the whole process. */
    void placeDescriptors(final Handover handover) {
        final Batch batch = process.scratch().batch();
        handover.place(batch, state.getDescriptorsList());
        ProcessRebuild.process(batch, state);
        batch.run();
    }

    /** All threads, each with what is its own. */
    void makeThreads() {
        final Credentials now = CredentialState.capture(Status.read(process.pid()), 0);
        for (final ThreadState thread : state.getThreadsList()) {
            threads.add(thread.getTid() == process.ownPid() ? process.leader() : process.cloneThread(thread.getTid()));
        }
        warnings.addAll(ProcessRebuild.limits(process.pid(), state));
        ControlGroups.restore(process.pid(), state);
        if (state.getIdentity().getLeaderGone()) {
            endLeader();
        }
        for (int i = 0; i < threads.size(); i++) {
            ProcessRebuild.suspendConfinement(threads.get(i), state.getThreads(i));
        }
        for (int i = 0; i < threads.size(); i++) {
            final Batch batch = process.scratch().through(threads.get(i)).batch();
            ProcessRebuild.thread(batch, state, state.getThreads(i), now);
            if (i == 0) {
                ProcessRebuild.last(batch, state);
            }
            batch.run();
        }
    }

    /** The signals that were waiting. Timers come before: they must not take those of the program for their own. */
    void queueSignals() {
        for (int i = 0; i < threads.size(); i++) {
            final Batch batch = process.scratch().through(threads.get(i)).batch();
            if (i == 0) {
                ProcessRebuild.pending(batch, state);
            }
            ProcessRebuild.pending(batch, state, state.getThreads(i));
            if (batch.size() > 0) {
                batch.run();
            }
        }
    }

    private void endLeader() {
        final Batch batch = process.scratch().batch();
        ProcessRebuild.name(batch, state.getIdentity().getCommand());
        batch.add(SystemCall.EXIT, 0);
        batch.start();
        process.continueWith(threads.getFirst());
        process.leader().forget();
        // Not reported by wait4(2) before the others have ended too; its exit has begun and cannot block.
        TaskState.await(process.pid(), process.pid(), 'Z', LEADER_EXIT);
    }

    /** What is set from outside, and the registers; the last of our memory goes. */
    void complete() {
        for (int i = 0; i < threads.size(); i++) {
            final ThreadState thread = state.getThreads(i);
            warnings.addAll(ProcessRebuild.scheduling(threads.get(i), thread.getScheduling()));
            ProcessRebuild.registers(threads.get(i), thread);
        }
        Linux.check(
                threads.getFirst()
                        .systemCall(
                                process.scratch().instruction(),
                                SystemCall.MUNMAP,
                                process.scratch().base(),
                                Layout.SIZE),
                "munmap of the restart's memory");
        threads.forEach(Tracee::restore);
    }

    /** Lets it run. */
    void release() {
        for (final Tracee thread : threads) {
            thread.options(0);
        }
        threads.forEach(Tracee::release);
        if (state.getGroupStopped()) {
            GroupStop.await(process.pid(), threads);
        }
    }
}
