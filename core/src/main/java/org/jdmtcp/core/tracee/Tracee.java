package org.jdmtcp.core.tracee;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdmtcp.core.x86_64.Registers;
import org.jdmtcp.core.x86_64.SystemCallRestart;
import org.jdmtcp.core.x86_64.TimeLimit;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * A stopped thread of a program. It remembers the registers and the signal mask that it had; {@link #release} puts them back
 * and lets it run. What is done with it in between leaves no trace. Used on the ptrace thread only.
 */
public final class Tracee {
    /** The extended state register set of x86: {@code linux/elf.h}. */
    private static final int NT_X86_XSTATE = 0x202;

    private static final long ALL_SIGNALS = -1L;

    private final Ptrace ptrace;
    private final int pid;
    private final int tid;
    private final int ownPid;
    private final int ownTid;
    private final List<Integer> heldSignals = new ArrayList<>();
    private Registers registers;
    private long signalMask;
    private boolean registersDisturbed;
    private boolean maskDisturbed;
    private boolean released;
    private boolean seccompSuspended;
    private @Nullable Run run;
    private Optional<Wait> waiting = Optional.empty();

    /** Code of ours that the thread is at: it ends with that signal, at that address. */
    private record Run(int signal, long end) {}

    /**
     * A call with a time limit.
     *
     * @param began {@link System#nanoTime} of its beginning
     */
    public record Wait(long began, TimeLimit limit) {}

    /**
     * Takes charge of a thread that is seized and stopped.
     *
     * @param pid process id as the agent sees it
     * @param tid thread id as the agent sees it
     * @param ownPid process id as the program sees it
     * @param ownTid thread id as the program sees it
     */
    public Tracee(final Ptrace ptrace, final int pid, final int tid, final int ownPid, final int ownTid) {
        this.ptrace = ptrace;
        this.pid = pid;
        this.tid = tid;
        this.ownPid = ownPid;
        this.ownTid = ownTid;
        this.registers = new Registers(ptrace.registerSet(tid, Registers.NOTE));
        this.signalMask = ptrace.signalMask(tid);
    }

    /** Process id as the agent sees it. */
    public int pid() {
        return pid;
    }

    /** Thread id as the agent sees it. */
    public int tid() {
        return tid;
    }

    /** Process id as the program itself sees it. */
    public int ownPid() {
        return ownPid;
    }

    /** Thread id as the program itself sees it. */
    public int ownTid() {
        return ownTid;
    }

    /** The registers with which the thread will go on. */
    public Registers registers() {
        return registers;
    }

    /** The registers with which a thread that knows nothing of its interrupted system call goes on. */
    Registers registersAnew() {
        return SystemCallRestart.anew(registers);
    }

    /** Notes that the thread was in a call with a time limit. */
    public void waitingSince(final long began, final TimeLimit limit) {
        waiting = Optional.of(new Wait(began, limit));
    }

    /** The call with a time limit that the thread was in, if its beginning is known. */
    public Optional<Wait> waiting() {
        return waiting;
    }

    /** Decides with which registers the thread will go on. */
    public void setRegisters(final Registers registers) {
        this.registers = registers;
        registersDisturbed = true;
    }

    /** The blocked signals with which the thread will go on. */
    public long signalMask() {
        return signalMask;
    }

    /** Decides with which blocked signals the thread will go on. */
    public void setSignalMask(final long mask) {
        signalMask = mask;
        maskDisturbed = true;
    }

    /** Floating point, vector and other extended state: the bytes of NT_X86_XSTATE. */
    public byte[] extendedState() {
        return ptrace.registerSet(tid, NT_X86_XSTATE);
    }

    /** Sets the extended state. @throws LinuxException EINVAL where this processor does not know it */
    public void setExtendedState(final byte[] state) {
        ptrace.setRegisterSet(tid, NT_X86_XSTATE, state);
    }

    /** Signals waiting for this thread, or for the process. */
    public List<byte[]> pendingSignals(final boolean shared) {
        return ptrace.pendingSignals(tid, shared);
    }

    /** Signals waiting for this thread or for the process, bit N-1 for signal N. */
    long pendingMask() {
        return ptrace.pendingMask(tid, false) | ptrace.pendingMask(tid, true);
    }

    /** Numbers of the signals waiting for this thread, or for the process, bit N-1 for signal N. */
    public long pendingMask(final boolean shared) {
        return ptrace.pendingMask(tid, shared);
    }

    /** The registration of restartable sequences. */
    public Optional<Ptrace.RseqConfiguration> rseq() {
        return ptrace.rseq(tid);
    }

    /** Sets {@code PTRACE_O_} options. */
    public void options(final int options) {
        ptrace.options(tid, options | (seccompSuspended ? Ptrace.PTRACE_O_SUSPEND_SECCOMP : 0));
    }

    /**
     * Its seccomp filters have no effect for as long as it is traced, whatever options are set later.
     *
     * @throws org.jdmtcp.spi.linux.LinuxException EPERM without CAP_SYS_ADMIN, or where this process is under filters;
     *     EINVAL where the kernel lacks CONFIG_CHECKPOINT_RESTORE
     */
    public void suspendSeccomp() {
        ptrace.options(tid, Ptrace.PTRACE_O_TRACESYSGOOD | Ptrace.PTRACE_O_SUSPEND_SECCOMP);
        seccompSuspended = true;
    }

    /** Whether {@link #suspendSeccomp} was called. */
    public boolean isSeccompSuspended() {
        return seccompSuspended;
    }

    /** Its seccomp filters, the first that was installed first. */
    public List<Ptrace.SeccompFilter> seccompFilters() {
        return ptrace.seccompFilters(tid);
    }

    /** The number that came with the last fork or clone event. */
    public int eventThread() {
        return (int) ptrace.eventMessage(tid);
    }

    /**
     * Has the thread make one system call. No memory of ours is needed and no signal is involved, so that it works whatever
     * the program blocks or ignores.
     *
     * <p>The thread stops at the entry of the call; an interrupt is left waiting there, so that it stops again on its way
     * back to user mode before any instruction. That second stop must not be the system-call exit stop: from there the
     * kernel does not look whether the registers that we put back ask for the restart of an interrupted call, and the
     * program would see the kernel's -512.
     *
     * @param instruction address of a syscall instruction in the process
     * @return the kernel's result, or minus errno
     */
    public long systemCall(final long instruction, final SystemCall call, final long... arguments) {
        disturb();
        ptrace.setRegisterSet(
                tid,
                Registers.NOTE,
                registers.toSystemCall(instruction, call.number(), arguments).toBytes());
        ptrace.resumeToSystemCall(tid);
        while (!(awaitStop() instanceof Stop.SystemCallStop)) {
            ptrace.resumeToSystemCall(tid);
        }
        ptrace.interrupt(tid);
        ptrace.resume(tid, 0);
        while (!(awaitStop() instanceof Stop.Event)) {
            ptrace.resume(tid, 0);
        }
        return new Registers(ptrace.registerSet(tid, Registers.NOTE)).result();
    }

    /**
     * Starts code of ours in the thread; {@link #proceed} waits for its end. Several threads may be at it at the same time.
     *
     * @param signal that the code sends to its own thread at its end, the only one that is let through meanwhile
     * @param end address at which the thread stands then
     */
    void start(final Registers with, final int signal, final long end) {
        maskDisturbed = true;
        registersDisturbed = true;
        // In this order: should the agent die in between, our code puts the mask back, which the program would not.
        ptrace.setRegisterSet(tid, Registers.NOTE, with.toBytes());
        ptrace.setSignalMask(tid, ALL_SIGNALS & ~(1L << (signal - 1)));
        ptrace.resume(tid, 0);
        run = new Run(signal, end);
    }

    /**
     * Waits until the thread has come to the end of our code, or has stopped for an event such as a fork (which comes back, and
     * {@link #resume} goes on). Other signals that arrive meanwhile are kept for the program.
     */
    Optional<Stop.Event> proceed() {
        final Run current = Objects.requireNonNull(run, "nothing was started");
        while (true) {
            final Stop stop = awaitStop();
            if (stop instanceof Stop.Event event && event.event() != Stop.PTRACE_EVENT_STOP) {
                return Optional.of(event);
            }
            if (stop instanceof Stop.SignalDelivery delivery
                    && delivery.signal() == current.signal
                    && currentRegisters().instructionPointer() == current.end) {
                run = null;
                heldSignals.remove((Integer) current.signal);
                return Optional.empty();
            }
            ptrace.resume(tid, 0);
        }
    }

    // What was started and not waited for, since something else failed meanwhile.
    void settle() {
        while (run != null && proceed().isPresent()) {
            resume();
        }
    }

    /** Lets the thread run on after an event. */
    void resume() {
        ptrace.resume(tid, 0);
    }

    /** The registers as they are at this moment, in the middle of our work. */
    Registers currentRegisters() {
        return new Registers(ptrace.registerSet(tid, Registers.NOTE));
    }

    private Stop awaitStop() {
        final Stop stop = ptrace.await(tid);
        switch (stop) {
            case Stop.Exited e -> throw gone();
            case Stop.Killed k -> throw gone();
            case Stop.SignalDelivery(int signal) -> heldSignals.add(signal);
            case Stop.Event e -> {}
            case Stop.SystemCallStop s -> {}
        }
        return stop;
    }

    private TraceeGoneException gone() {
        released = true;
        return new TraceeGoneException(tid);
    }

    private void disturb() {
        if (!maskDisturbed) {
            maskDisturbed = true;
            ptrace.setSignalMask(tid, ALL_SIGNALS);
        }
        registersDisturbed = true;
    }

    /**
     * Puts signal mask and registers back, without letting the thread run. In this order: should the agent die in between, our
     * code still puts the registers back.
     */
    public void restore() {
        settle();
        if (maskDisturbed) {
            ptrace.setSignalMask(tid, signalMask);
            maskDisturbed = false;
        }
        if (registersDisturbed) {
            ptrace.setRegisterSet(tid, Registers.NOTE, registers.toBytes());
            registersDisturbed = false;
        }
    }

    /** Puts everything back and lets the thread run, untraced. Idempotent; a thread that died is let go already. */
    public void release() {
        if (released) {
            return;
        }
        released = true;
        try {
            restore();
        } catch (final TraceeGoneException e) {
            return;
        }
        ptrace.detach(tid, 0);
        for (final int signal : heldSignals) {
            // It was taken from the queue while our code ran; sent again, since it is the program's.
            final long result = Linux.raw(SystemCall.TGKILL, pid, tid, signal);
            if (result != -Errno.ESRCH) {
                Linux.check(result, "tgkill(" + pid + ", " + tid + ", " + signal + ")");
            }
        }
    }

    /** Gives the thread up without touching it, because it ended. */
    public void forget() {
        released = true;
    }
}
