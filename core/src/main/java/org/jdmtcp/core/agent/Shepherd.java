package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.tracee.PtraceThread;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes signals on to the program, reaps the agent's children, and follows the program's stops. */
final class Shepherd {
    private static final int SIGINFO_SIZE = 128;
    private static final int SI_CODE = 8;
    private static final int SI_PID = 16;
    private static final int SI_UID = 20;
    private static final int SI_VALUE = 24;

    private final PtraceThread thread;
    private final Family family;
    private final CompletableFuture<WaitStatus> end;
    private final Optional<Integer> root;
    private final boolean rootIsChild;
    private final AtomicBoolean reaping = new AtomicBoolean();
    private final AtomicBoolean continued = new AtomicBoolean();

    /** @param root the process that gets the signals and whose end is {@code end}; empty for adopted processes */
    Shepherd(
            final PtraceThread thread,
            final Family family,
            final CompletableFuture<WaitStatus> end,
            final Optional<Integer> root) {
        this.thread = thread;
        this.family = family;
        this.end = end;
        this.root = root;
        this.rootIsChild = root.isPresent() && isChild(root.get());
    }

    private static boolean isChild(final int pid) {
        try {
            return Stat.read(pid).ppid() == ProcessCalls.self();
        } catch (final ProcessGoneException e) {
            return false;
        }
    }

    Optional<Integer> root() {
        return root;
    }

    /** Deals with all signals that are there. */
    void takeSignals(final SignalSource source) {
        Optional<ReceivedSignal> next = source.next();
        while (next.isPresent()) {
            take(next.get());
            next = source.next();
        }
    }

    private void take(final ReceivedSignal signal) {
        if (root.isEmpty()) {
            takeForSelf(signal);
            return;
        }
        if (signal.number() == Signal.SIGCONT && continued.getAndSet(false)) {
            return;
        }
        final int pid = root.get();
        final boolean fromProgram = signal.sender() != 0 && family.members().contains(signal.sender());
        switch (SignalRoute.of(signal, isInOwnGroup(pid), fromProgram)) {
            case REAP -> reap();
            case FORWARD -> forward(pid, signal);
            case DROP -> log().debug("signal {} is not passed on", signal);
        }
    }

    /** The agent of an adopted process lives by itself: what would end or stop any program does so with it. */
    private void takeForSelf(final ReceivedSignal signal) {
        switch (signal.number()) {
            case Signal.SIGCHLD -> reap();
            case Signal.SIGHUP, Signal.SIGINT, Signal.SIGQUIT, Signal.SIGTERM ->
                end.complete(new WaitStatus.Killed(signal.number()));
            case Signal.SIGTSTP, Signal.SIGTTIN, Signal.SIGTTOU -> JobControl.stop(signal.number());
            default -> log().debug("signal {} is of no interest", signal);
        }
    }

    private static boolean isInOwnGroup(final int pid) {
        try {
            return Stat.read(pid).pgrp() == Stat.read(ProcessCalls.self()).pgrp();
        } catch (final ProcessGoneException e) {
            return true;
        }
    }

    private static void forward(final int pid, final ReceivedSignal signal) {
        final long result;
        if (signal.code() == ReceivedSignal.SI_QUEUE) {
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment info = arena.allocate(SIGINFO_SIZE, 8);
                info.set(ValueLayout.JAVA_INT, 0, signal.number());
                info.set(ValueLayout.JAVA_INT, SI_CODE, signal.code());
                info.set(ValueLayout.JAVA_INT, SI_PID, signal.sender());
                info.set(ValueLayout.JAVA_INT, SI_UID, (int) Linux.call(SystemCall.GETUID));
                info.set(ValueLayout.JAVA_LONG, SI_VALUE, signal.value());
                result = Linux.raw(SystemCall.RT_SIGQUEUEINFO, pid, signal.number(), info.address());
            }
        } else {
            result = ProcessCalls.kill(pid, signal.number());
        }
        if (result != 0) {
            log().warn("signal {} could not be passed on to process {}: errno {}", signal.number(), pid, -result);
        }
    }

    /** Looks after all children, soon, on the engine's thread: see {@link ChildEvent}. */
    void reap() {
        if (reaping.compareAndSet(false, true)) {
            try {
                final Future<Boolean> unused = thread.submit(ptrace -> {
                    reaping.set(false);
                    return reapNow();
                });
            } catch (final RejectedExecutionException e) {
                log().debug("the agent is being closed", e);
            }
        }
    }

    /** The root, which is no child of this process, was stopped by a signal. */
    void rootStopped(final int signal) {
        try {
            final Future<Boolean> unused = thread.submit(ptrace -> {
                root.ifPresent(pid -> follow(pid, signal));
                return true;
            });
        } catch (final RejectedExecutionException e) {
            log().debug("the agent is being closed", e);
        }
    }

    private boolean reapNow() {
        root.filter(pid -> rootIsChild && !end.isDone()).ifPresent(this::reapRoot);
        family.children().stream().filter(pid -> !root.equals(Optional.of(pid))).forEach(this::reapOrphan);
        return true;
    }

    private void reapRoot(final int pid) {
        Optional<ChildEvent> event = ChildEvent.take(pid);
        while (event.isPresent()) {
            switch (event.get()) {
                case ChildEvent.Ended ended -> finish(pid, ended.status());
                // The engine held it, and saw it die: nothing but SIGKILL ends a process that is held.
                case ChildEvent.NoChild gone -> finish(pid, new WaitStatus.Killed(Signal.SIGKILL));
                case ChildEvent.Stopped stopped -> follow(pid, stopped.signal());
                case ChildEvent.Continued continued -> log().debug("process {} goes on", pid);
            }
            event = end.isDone() ? Optional.empty() : ChildEvent.take(pid);
        }
    }

    private void finish(final int pid, final WaitStatus status) {
        family.remove(pid);
        end.complete(status);
    }

    /**
     * Stops with the program, until SIGCONT. That was sent to the whole process group, as shells do, or else to the agent
     * alone, and the program still stands. This is found out here and at once: were the signal passed on like others, it
     * could come late, and undo the next Ctrl-Z.
     */
    private void follow(final int pid, final int signal) {
        if (JobControl.concerns(signal)) {
            continued.set(true);
            JobControl.stop(signal);
            if (isStopped(pid)) {
                ProcessCalls.kill(pid, Signal.SIGCONT);
            }
        }
    }

    private static boolean isStopped(final int pid) {
        try {
            return Stat.read(pid).state() == 'T';
        } catch (final ProcessGoneException e) {
            return false;
        }
    }

    private void reapOrphan(final int pid) {
        if (ChildEvent.take(pid).orElse(null) instanceof ChildEvent.Ended) {
            family.remove(pid);
        }
    }

    /** Not loaded before it is needed: the program is to start first. */
    private static Logger log() {
        return LoggerFactory.getLogger(Shepherd.class);
    }
}
