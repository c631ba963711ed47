package org.jdmtcp.core.tracee;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Every {@code ptrace(2)} request and every wait for a tracee. One instance belongs to one {@link PtraceThread} and is used
 * on it only: the kernel answers ESRCH to any other thread. The tracee is stopped unless a method says otherwise; one that
 * has died meanwhile gives {@link TraceeGoneException}.
 */
public final class Ptrace {
    public static final int PTRACE_O_TRACESYSGOOD = 1;
    public static final int PTRACE_O_TRACEFORK = 2;
    public static final int PTRACE_O_TRACEVFORK = 4;
    public static final int PTRACE_O_TRACECLONE = 8;
    public static final int PTRACE_O_TRACEEXEC = 0x10;
    public static final int PTRACE_O_TRACEEXIT = 0x40;
    public static final int PTRACE_O_EXITKILL = 0x100000;
    public static final int PTRACE_O_SUSPEND_SECCOMP = 0x200000;

    private static final int PTRACE_CONT = 7;
    private static final int PTRACE_DETACH = 17;
    private static final int PTRACE_SYSCALL = 24;
    private static final int PTRACE_SETOPTIONS = 0x4200;
    private static final int PTRACE_GETEVENTMSG = 0x4201;
    private static final int PTRACE_GETREGSET = 0x4204;
    private static final int PTRACE_SETREGSET = 0x4205;
    private static final int PTRACE_SEIZE = 0x4206;
    private static final int PTRACE_INTERRUPT = 0x4207;
    private static final int PTRACE_PEEKSIGINFO = 0x4209;
    private static final int PTRACE_GETSIGMASK = 0x420a;
    private static final int PTRACE_SETSIGMASK = 0x420b;
    private static final int PTRACE_SECCOMP_GET_FILTER = 0x420c;
    private static final int PTRACE_SECCOMP_GET_METADATA = 0x420d;
    private static final int PTRACE_GET_RSEQ_CONFIGURATION = 0x420f;
    private static final int SOCK_FILTER_SIZE = 8;
    private static final int SECCOMP_METADATA_SIZE = 16;

    private static final int WALL = 0x40000000;
    private static final int WNOHANG = 1;
    private static final int SIGINFO_SIZE = 128;
    private static final int PEEK_COUNT = 32;
    private static final int LARGEST_REGSET = 16384;

    private final MemorySegment word = Arena.ofAuto().allocate(24, 8);
    private final MemorySegment iovec = Arena.ofAuto().allocate(16, 8);
    private final MemorySegment block = Arena.ofAuto().allocate(LARGEST_REGSET, 64);

    /** How the kernel knows a thread's restartable sequences: {@code struct ptrace_rseq_configuration}. */
    public record RseqConfiguration(long pointer, int size, int signature, int flags) {}

    /**
     * A seccomp filter.
     *
     * @param program an array of {@code struct sock_filter}
     * @param flags SECCOMP_FILTER_FLAG_ bits that the kernel tells
     */
    public record SeccompFilter(byte[] program, long flags) {}

    /**
     * {@code PTRACE_SEIZE}: makes a running thread ours without stopping it; raw result.
     *
     * @return 0, -ESRCH where it is gone, -EPERM where it is traced already, a zombie, or not ours to trace
     */
    public long seize(final int tid, final int options) {
        return raw(PTRACE_SEIZE, tid, 0, options);
    }

    /** {@code PTRACE_INTERRUPT}: a running, seized thread will stop; wait for it. Raw result. */
    public long interrupt(final int tid) {
        return raw(PTRACE_INTERRUPT, tid, 0, 0);
    }

    /** Lets the thread run, delivering {@code signal} if not 0. */
    public void resume(final int tid, final int signal) {
        request("PTRACE_CONT", PTRACE_CONT, tid, 0, signal);
    }

    /** Lets the thread run to the next entry to or exit from a system call. */
    public void resumeToSystemCall(final int tid) {
        request("PTRACE_SYSCALL", PTRACE_SYSCALL, tid, 0, 0);
    }

    /** Lets the thread go, delivering {@code signal} if not 0. A thread that is gone is let go already. */
    public void detach(final int tid, final int signal) {
        final long result = raw(PTRACE_DETACH, tid, 0, signal);
        if (result != -Errno.ESRCH) {
            Linux.check(result, "ptrace(PTRACE_DETACH, tid " + tid + ")");
        }
    }

    /** Sets the {@code PTRACE_O_} options. */
    public void options(final int tid, final int options) {
        request("PTRACE_SETOPTIONS", PTRACE_SETOPTIONS, tid, 0, options);
    }

    /** The message of a PTRACE_EVENT stop: for fork and clone the new thread's id as this process sees it. */
    public long eventMessage(final int tid) {
        request("PTRACE_GETEVENTMSG", PTRACE_GETEVENTMSG, tid, 0, word.address());
        return word.get(ValueLayout.JAVA_LONG, 0);
    }

    /** Reads a register set of {@code linux/elf.h} ({@code NT_PRSTATUS} ...). */
    public byte[] registerSet(final int tid, final int note) {
        iovec.set(ValueLayout.JAVA_LONG, 0, block.address());
        iovec.set(ValueLayout.JAVA_LONG, 8, LARGEST_REGSET);
        request("PTRACE_GETREGSET", PTRACE_GETREGSET, tid, note, iovec.address());
        return block.asSlice(0, iovec.get(ValueLayout.JAVA_LONG, 8)).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Writes a register set. */
    public void setRegisterSet(final int tid, final int note, final byte[] bytes) {
        MemorySegment.copy(bytes, 0, block, ValueLayout.JAVA_BYTE, 0, bytes.length);
        iovec.set(ValueLayout.JAVA_LONG, 0, block.address());
        iovec.set(ValueLayout.JAVA_LONG, 8, bytes.length);
        request("PTRACE_SETREGSET", PTRACE_SETREGSET, tid, note, iovec.address());
    }

    /** The blocked signals, bit N-1 for signal N; of a thread inside sigsuspend the mask that it will come back to. */
    public long signalMask(final int tid) {
        request("PTRACE_GETSIGMASK", PTRACE_GETSIGMASK, tid, 8, word.address());
        return word.get(ValueLayout.JAVA_LONG, 0);
    }

    /** Sets the blocked signals. */
    public void setSignalMask(final int tid, final long mask) {
        word.set(ValueLayout.JAVA_LONG, 0, mask);
        request("PTRACE_SETSIGMASK", PTRACE_SETSIGMASK, tid, 8, word.address());
    }

    /** Pending signals in order, each a {@code siginfo_t} of 128 bytes: those of the process, or of the thread alone. */
    public List<byte[]> pendingSignals(final int tid, final boolean shared) {
        final List<byte[]> all = new ArrayList<>();
        int n;
        do {
            n = peekSignals(tid, shared, all.size());
            for (int i = 0; i < n; i++) {
                all.add(block.asSlice((long) i * SIGINFO_SIZE, SIGINFO_SIZE).toArray(ValueLayout.JAVA_BYTE));
            }
        } while (n == PEEK_COUNT);
        return all;
    }

    /** The numbers of the pending signals, bit N-1 for signal N. */
    public long pendingMask(final int tid, final boolean shared) {
        long mask = 0;
        int seen = 0;
        int n;
        do {
            n = peekSignals(tid, shared, seen);
            for (int i = 0; i < n; i++) {
                mask |= 1L << block.get(ValueLayout.JAVA_INT, (long) i * SIGINFO_SIZE) - 1;
            }
            seen += n;
        } while (n == PEEK_COUNT);
        return mask;
    }

    private int peekSignals(final int tid, final boolean shared, final int from) {
        word.set(ValueLayout.JAVA_LONG, 0, from);
        word.set(ValueLayout.JAVA_INT, 8, shared ? 1 : 0);
        word.set(ValueLayout.JAVA_INT, 12, PEEK_COUNT);
        return (int) request("PTRACE_PEEKSIGINFO", PTRACE_PEEKSIGINFO, tid, word.address(), block.address());
    }

    /** The thread's registration of restartable sequences; empty where there is none or the kernel is older than 5.13. */
    public Optional<RseqConfiguration> rseq(final int tid) {
        final long size = raw(PTRACE_GET_RSEQ_CONFIGURATION, tid, 24, word.address());
        if (size == -Errno.EIO || size == -Errno.EINVAL) {
            return Optional.empty();
        }
        checkAlive(size, "PTRACE_GET_RSEQ_CONFIGURATION", tid);
        final long pointer = word.get(ValueLayout.JAVA_LONG, 0);
        if (pointer == 0) {
            return Optional.empty();
        }
        return Optional.of(new RseqConfiguration(
                pointer,
                word.get(ValueLayout.JAVA_INT, 8),
                word.get(ValueLayout.JAVA_INT, 12),
                word.get(ValueLayout.JAVA_INT, 16)));
    }

    /** The thread's seccomp filters, the first that was installed first. @throws LinuxException EACCES without CAP_SYS_ADMIN */
    public List<SeccompFilter> seccompFilters(final int tid) {
        final List<SeccompFilter> filters = new ArrayList<>();
        while (true) {
            final int index = filters.size();
            final long length = raw(PTRACE_SECCOMP_GET_FILTER, tid, index, 0);
            if (length == -Errno.ENOENT || index == 0 && length == -Errno.EINVAL) {
                return filters;
            }
            checkAlive(length, "PTRACE_SECCOMP_GET_FILTER", tid);
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment program = arena.allocate(length * SOCK_FILTER_SIZE, 8);
                request("PTRACE_SECCOMP_GET_FILTER", PTRACE_SECCOMP_GET_FILTER, tid, index, program.address());
                filters.add(new SeccompFilter(program.toArray(ValueLayout.JAVA_BYTE), filterFlags(tid, index)));
            }
        }
    }

    // struct seccomp_metadata (linux/ptrace.h): u64 filter_off at 0, u64 flags at 8.
    private long filterFlags(final int tid, final int index) {
        word.set(ValueLayout.JAVA_LONG, 0, index);
        request("PTRACE_SECCOMP_GET_METADATA", PTRACE_SECCOMP_GET_METADATA, tid, SECCOMP_METADATA_SIZE, word.address());
        return word.get(ValueLayout.JAVA_LONG, 8);
    }

    /** Waits until the kernel reports the thread. Only for threads that are bound to report: none that may sleep on. */
    public Stop await(final int tid) {
        while (true) {
            final long result = Linux.raw(SystemCall.WAIT4, tid, word.address(), WALL, 0, 0, 0);
            if (result == -Errno.ECHILD) {
                throw new TraceeGoneException(tid);
            }
            if (result != -Errno.EINTR) {
                Linux.check(result, "wait4(" + tid + ")");
                return Stop.decode(word.get(ValueLayout.JAVA_INT, 0));
            }
        }
    }

    /** Looks whether the kernel has something to report about the thread. */
    public Optional<Stop> poll(final int tid) {
        final long result = Linux.raw(SystemCall.WAIT4, tid, word.address(), WALL | WNOHANG, 0, 0, 0);
        if (result == -Errno.ECHILD) {
            throw new TraceeGoneException(tid);
        }
        return Linux.check(result, "wait4(" + tid + ")") == 0
                ? Optional.empty()
                : Optional.of(Stop.decode(word.get(ValueLayout.JAVA_INT, 0)));
    }

    private long request(final String name, final int request, final int tid, final long address, final long data) {
        return checkAlive(raw(request, tid, address, data), name, tid);
    }

    private static long checkAlive(final long result, final String name, final int tid) {
        if (result == -Errno.ESRCH) {
            throw new TraceeGoneException(tid);
        }
        if (Errno.isError(result)) {
            throw new LinuxException("ptrace(" + name + ", tid " + tid + ")", (int) -result);
        }
        return result;
    }

    private static long raw(final int request, final int tid, final long address, final long data) {
        return Linux.raw(SystemCall.PTRACE, request, tid, address, data, 0, 0);
    }
}
