package org.jdmtcp.core.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.process.message.Credentials;
import org.jdmtcp.core.process.message.ProcessState;
import org.jdmtcp.core.process.message.Scheduling;
import org.jdmtcp.core.process.message.ThreadState;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.x86_64.Registers;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/** Gives a reborn process and its threads the state that {@link ProcessCapture} took: the other side of the same coin. */
public final class ProcessRebuild {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_NAME = 15;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int IOPRIO_WHO_PROCESS = 1;
    private static final int SPARE_SIGNALS = 8;

    private ProcessRebuild() {}

    /** Adds the calls for what belongs to the whole process. In its leader, before any thread is made. */
    public static void process(final Batch batch, final ProcessState state) {
        MemoryPolicies.restore(batch, state.getMemory());
        ProcessAttributes.restore(batch, state.getAttributes());
        SignalActions.discardPending(batch, state.getZombiesCount() + SPARE_SIGNALS);
        SignalActions.restore(batch, state.getSignals());
    }

    /** Adds the calls for what belongs to a thread, credentials last. In that thread. */
    public static void thread(
            final Batch batch, final ProcessState process, final ThreadState thread, final Credentials now) {
        batch.must(SystemCall.SET_TID_ADDRESS, thread.getClearChildTid());
        if (thread.getRobustListSize() != 0) {
            batch.must(SystemCall.SET_ROBUST_LIST, thread.getRobustList(), thread.getRobustListSize());
        }
        if (thread.getRseq() != 0) {
            batch.must(SystemCall.RSEQ, thread.getRseq(), thread.getRseqSize(), 0, thread.getRseqSignature());
        }
        name(batch, thread.getName().toString(java.nio.charset.StandardCharsets.ISO_8859_1));
        batch.must(SystemCall.PRCTL, PR_SET_TIMERSLACK, thread.getScheduling().getTimerSlack());
        alternateStack(batch, thread);
        MemoryPolicies.OfThread.restore(batch, thread);
        SeccompState.restore(batch, process, thread);
        CredentialState.restore(batch, now, thread.getCredentials());
        if (thread.getParentDeathSignal() != 0) {
            batch.must(SystemCall.PRCTL, PR_SET_PDEATHSIG, thread.getParentDeathSignal());
        }
    }

    /** Keeps what confines the thread from hindering the rest of the restart. @throws Refusal where that is not permitted */
    public static void suspendConfinement(final Tracee tracee, final ThreadState thread) {
        SeccompState.suspend(tracee, thread);
    }

    /** Adds the call that gives the thread its name, a byte string. */
    public static void name(final Batch batch, final String name) {
        batch.must(SystemCall.PRCTL, PR_SET_NAME, batch.putString(name));
    }

    // A thread that was on its alternate stack reports SS_ONSTACK, which cannot be set; it follows from the stack
    // pointer.
    private static void alternateStack(final Batch batch, final ThreadState thread) {
        final byte[] stack = thread.getAlternateStack().toByteArray();
        stack[8] &= ~1;
        batch.must(SystemCall.SIGALTSTACK, batch.put(stack), 0);
    }

    /** Adds the call that comes last in the leader: dumpable, which credentials reset. */
    public static void last(final Batch batch, final ProcessState state) {
        ProcessAttributes.restoreDumpable(batch, state.getAttributes());
    }

    /** Adds the calls that queue the process's own signals. In the leader. */
    public static void pending(final Batch batch, final ProcessState state) {
        SignalActions.queueShared(
                batch, state.getIdentity().getPid(), state.getSignals().getPendingList());
    }

    /** Adds the calls that queue a thread's own signals. In that thread. */
    public static void pending(final Batch batch, final ProcessState state, final ThreadState thread) {
        SignalActions.queueOwn(batch, state.getIdentity().getPid(), thread.getTid(), thread.getPendingList());
    }

    /** Registers, vector state and signal mask with which the thread will go on. */
    public static void registers(final Tracee tracee, final ThreadState thread) {
        tracee.setExtendedState(thread.getExtended().toByteArray());
        tracee.setRegisters(new Registers(thread.getRegisters().toByteArray()));
        tracee.setSignalMask(thread.getSignalMask());
    }

    /**
     * Scheduling, from outside. What a user may not do here (a better priority, processors that this host lacks) is no reason
     * to fail.
     *
     * @return what could not be done, in words
     */
    public static List<String> scheduling(final Tracee tracee, final Scheduling state) {
        final List<String> warnings = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment affinity = segment(arena, state.getAffinity().toByteArray());
            warn(
                    warnings,
                    Linux.raw(SystemCall.SCHED_SETAFFINITY, tracee.tid(), affinity.byteSize(), affinity.address()),
                    "the processor affinity of thread " + tracee.ownTid());
            final MemorySegment attributes =
                    segment(arena, state.getAttributes().toByteArray());
            warn(
                    warnings,
                    Linux.raw(SystemCall.SCHED_SETATTR, tracee.tid(), attributes.address(), 0),
                    "the scheduling policy of thread " + tracee.ownTid());
            warn(
                    warnings,
                    Linux.raw(SystemCall.IOPRIO_SET, IOPRIO_WHO_PROCESS, tracee.tid(), state.getIoPriority()),
                    "the I/O priority of thread " + tracee.ownTid());
        }
        return warnings;
    }

    /**
     * Limits and what is written to /proc, from outside: when all memory, descriptors and threads are there, since low limits
     * would be in our own way, and before the process takes its own user id, which may keep us from it.
     */
    public static List<String> limits(final int pid, final ProcessState state) {
        final List<String> warnings = new ArrayList<>();
        final List<Long> limits = state.getAttributes().getLimitsList();
        for (int resource = 0; resource * 2 + 1 < limits.size(); resource++) {
            limit(pid, resource, limits.get(resource * 2), limits.get(resource * 2 + 1), warnings);
        }
        procFile(pid, "oom_score_adj", Integer.toString(state.getAttributes().getOomScoreAdj()), warnings);
        procFile(
                pid,
                "coredump_filter",
                "0x" + Long.toHexString(state.getAttributes().getCoredumpFilter()),
                warnings);
        return warnings;
    }

    private static void limit(
            final int pid, final int resource, final long soft, final long hard, final List<String> warnings) {
        final ProcessCalls.Limit now = ProcessCalls.limit(pid, resource);
        if (now.soft() == soft && now.hard() == hard) {
            return;
        }
        if (ProcessCalls.setLimit(pid, resource, new ProcessCalls.Limit(soft, hard)) < 0) {
            final long reachable = Long.compareUnsigned(soft, now.hard()) <= 0 ? soft : now.hard();
            ProcessCalls.setLimit(pid, resource, new ProcessCalls.Limit(reachable, now.hard()));
            warnings.add("resource limit " + resource + " of process " + state(soft, hard)
                    + " cannot be set here; it is " + state(reachable, now.hard()));
        }
    }

    private static String state(final long soft, final long hard) {
        return Long.toUnsignedString(soft) + "/" + Long.toUnsignedString(hard);
    }

    private static void procFile(final int pid, final String name, final String value, final List<String> warnings) {
        try (Fd file = FileCalls.open("/proc/" + pid + "/" + name, FileCalls.O_WRONLY);
                Arena arena = Arena.ofConfined()) {
            final MemorySegment text = Linux.cString(arena, value);
            warn(warnings, FileCalls.write(file, text.asSlice(0, value.length())), "/proc/PID/" + name + " = " + value);
        } catch (final LinuxException e) {
            warnings.add("/proc/PID/" + name + " could not be set to " + value + ": " + e.getMessage());
        }
    }

    private static void warn(final List<String> warnings, final long result, final String what) {
        if (Errno.isError(result) && result != -Errno.ESRCH) {
            warnings.add(what + " could not be restored: " + Errno.message((int) -result));
        }
    }

    private static MemorySegment segment(final Arena arena, final byte[] bytes) {
        return arena.allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
    }
}
