package org.jdmtcp.core.freeze;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.core.procfs.MappingKind;
import org.jdmtcp.core.procfs.Maps;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Scratch;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.tracee.TraceeGoneException;
import org.jdmtcp.spi.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A process all of whose threads are stopped. Its scratch memory is mapped at first use and unmapped before it runs again.
 * Used on the ptrace thread only.
 */
public final class FrozenProcess {
    private final int pid;
    private final int parentPid;
    private final Status status;
    private final List<Tracee> threads;
    private final int stopSignal;
    private @Nullable Maps maps;
    private @Nullable Scratch scratch;
    private boolean removing;
    private @Nullable PendingSignals captured;
    private final Map<Tracee, Status> threadStatuses = new IdentityHashMap<>();

    FrozenProcess(
            final int pid, final int parentPid, final Status status, final List<Tracee> threads, final int stopSignal) {
        this.pid = pid;
        this.parentPid = parentPid;
        this.status = status;
        this.threads = List.copyOf(threads);
        this.stopSignal = stopSignal;
    }

    /** Process id as the agent sees it. */
    public int pid() {
        return pid;
    }

    /** Process id of the parent, as the agent sees it. */
    public int parentPid() {
        return parentPid;
    }

    /** Process id as the program itself sees it. */
    public int ownPid() {
        return status.nsTgid().getLast();
    }

    /** The command name. */
    public String command() {
        return status.name();
    }

    /** {@code /proc/PID/status}, read when the process had stopped. */
    public Status status() {
        return status;
    }

    /** {@code /proc/PID/task/TID/status}, as it was when first asked for. */
    public Status status(final Tracee thread) {
        return threadStatuses.computeIfAbsent(thread, t -> t.tid() == pid ? status : Status.read(t.pid(), t.tid()));
    }

    /** The live threads, the leader first unless it has exited. */
    public List<Tracee> threads() {
        return threads;
    }

    /** The thread that does work for the whole process: the leader, or the first that lives. */
    public Tracee mainThread() {
        return threads.getFirst();
    }

    /** Whether the first thread has exited while others live on. */
    public boolean isLeaderGone() {
        return mainThread().tid() != pid;
    }

    /** Whether the process is stopped by a signal, as {@code kill -STOP} or Ctrl-Z do. */
    public boolean isGroupStopped() {
        return stopSignal != 0;
    }

    /** The mappings, with details, as they were before any scratch memory was mapped. */
    public Maps maps() {
        Maps known = maps;
        if (known == null) {
            known = Maps.readDetailed(mainThread().tid());
            maps = known;
        }
        return known;
    }

    /** Scratch memory of ours in the process; the process may still be about to map it. */
    public Scratch scratch() {
        Scratch mapped = scratch;
        if (mapped == null) {
            mapped = Scratch.map(mainThread(), vdso(), status.caught());
            scratch = mapped;
        }
        return mapped;
    }

    /** The scratch memory's first address, or 0 where none is mapped. */
    public long scratchBase() {
        final Scratch mapped = scratch;
        return mapped == null ? 0 : mapped.base();
    }

    /**
     * Takes down the signals that are waiting. What else is known of them by then, such as the time that timers have left,
     * must have been asked before: a signal that comes in between is one that a timer is known to have been about to send.
     */
    public PendingSignals capturePending() {
        final PendingSignals now = PendingSignals.of(threads);
        captured = now;
        return now;
    }

    /** All signals that are waiting, a {@code siginfo_t} of 128 bytes each: those taken down, else those of now. */
    public List<byte[]> pendingSignals() {
        final PendingSignals known = captured;
        final PendingSignals pending = known == null ? PendingSignals.of(threads) : known;
        final List<byte[]> all = new ArrayList<>(pending.shared());
        pending.own().forEach(all::addAll);
        return all;
    }

    private Mapping vdso() {
        return maps().mappings().stream()
                .filter(m -> m.kind() == MappingKind.VDSO)
                .findFirst()
                .orElseThrow(() -> new Refusal(describe()
                        + " has no vdso mapping (it was unmapped, or the kernel runs with vdso=0): system calls cannot be"
                        + " made in it"));
    }

    /** The process in words: {@code python3 (pid 812)}. */
    public String describe() {
        return command() + " (pid " + ownPid() + ")";
    }

    /** Begins to unmap the scratch memory; {@link #removeScratch} waits for the end. */
    void startRemovingScratch() {
        final Scratch mapped = scratch;
        if (mapped != null && !removing) {
            removing = true;
            // Those that stand in our code must not be there when it is gone and the agent dies. The first does the
            // unmapping.
            threads.subList(1, threads.size()).forEach(FrozenProcess::restore);
            mapped.startClosing();
        }
    }

    private static void restore(final Tracee thread) {
        try {
            thread.restore();
        } catch (final TraceeGoneException e) {
            thread.forget();
        }
    }

    /** Unmaps the scratch memory, if any. */
    void removeScratch() {
        startRemovingScratch();
        final Scratch mapped = scratch;
        if (mapped != null) {
            scratch = null;
            removing = false;
            mapped.close();
        }
    }

    // Seccomp filters that are in force might forbid the calls that this takes.
    private void discardIgnored() {
        final boolean callable = threads.stream().allMatch(t -> status(t).seccomp() == 0 || t.isSeccompSuspended());
        if (callable) {
            IgnoredSignals.discard(this);
        }
    }

    /** Lets all threads run on as they were. */
    void release() {
        try {
            removeScratch();
            discardIgnored();
        } finally {
            threads.forEach(Tracee::release);
        }
        if (isGroupStopped()) {
            GroupStop.await(pid, threads);
        }
    }
}
