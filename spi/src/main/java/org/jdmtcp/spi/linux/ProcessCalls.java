package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Calls on processes: pidfds, signals to them, comparing what they share, limits. Safe on any thread. */
public final class ProcessCalls {
    public static final int KCMP_FILE = 0;
    public static final int KCMP_VM = 1;
    public static final int KCMP_FILES = 2;
    public static final int KCMP_FS = 3;
    public static final int KCMP_SIGHAND = 4;
    public static final int PR_SET_CHILD_SUBREAPER = 36;
    public static final int RLIM_NLIMITS = 16;
    public static final int RLIMIT_NOFILE = 7;
    public static final int WNOHANG = 1;
    private static final int PIDFD_THREAD = FileCalls.O_EXCL;

    private ProcessCalls() {}

    /**
     * A descriptor of a single thread, for {@link #takeFd} where the first thread of its process has ended.
     *
     * @throws LinuxException EINVAL before Linux 6.9, ESRCH
     */
    public static Fd threadFd(final int tid) {
        return new Fd((int) Linux.call(SystemCall.PIDFD_OPEN, tid, PIDFD_THREAD));
    }

    /** A resource limit as unsigned numbers; all ones is "unlimited". */
    public record Limit(long soft, long hard) {}

    /** {@code pidfd_open(2)}; empty where the process is gone. */
    public static Optional<Fd> pidFd(final int pid) {
        final long result = Linux.raw(SystemCall.PIDFD_OPEN, pid, 0);
        if (result == -Errno.ESRCH) {
            return Optional.empty();
        }
        return Optional.of(new Fd((int) Linux.check(result, "pidfd_open(" + pid + ")")));
    }

    /**
     * {@code pidfd_getfd(2)}: a descriptor of this process for the open file that {@code number} is in the other one.
     *
     * @throws LinuxException EBADF where there is no such descriptor, ESRCH, EPERM
     */
    public static Fd takeFd(final Fd pidFd, final int number) {
        return new Fd((int) Linux.call(SystemCall.PIDFD_GETFD, pidFd.number(), number, 0));
    }

    /** {@code kill(2)}, raw result. */
    public static long kill(final int pid, final int signal) {
        return Linux.raw(SystemCall.KILL, pid, signal);
    }

    /** {@code pidfd_send_signal(2)}, raw result. */
    public static long sendSignal(final Fd pidFd, final int signal) {
        return Linux.raw(SystemCall.PIDFD_SEND_SIGNAL, pidFd.number(), signal, 0, 0, 0, 0);
    }

    /**
     * {@code kcmp(2)}: 0 where both are the same kernel object, 1 less, 2 greater, 3 different without order; raw result.
     */
    public static long compare(final int pid1, final int pid2, final int type, final long index1, final long index2) {
        return Linux.raw(SystemCall.KCMP, pid1, pid2, type, index1, index2, 0);
    }

    /** The limits of a process by {@code prlimit64(2)}. @throws LinuxException ESRCH, EPERM */
    public static Limit limit(final int pid, final int resource) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment old = arena.allocate(16, 8);
            Linux.call(SystemCall.PRLIMIT64, pid, resource, 0, old.address(), 0, 0);
            return new Limit(old.get(ValueLayout.JAVA_LONG, 0), old.get(ValueLayout.JAVA_LONG, 8));
        }
    }

    /** Sets a limit of a process; raw result (EPERM where a hard limit would rise). */
    public static long setLimit(final int pid, final int resource, final Limit limit) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment wanted = arena.allocate(16, 8);
            wanted.set(ValueLayout.JAVA_LONG, 0, limit.soft());
            wanted.set(ValueLayout.JAVA_LONG, 8, limit.hard());
            return Linux.raw(SystemCall.PRLIMIT64, pid, resource, wanted.address(), 0, 0, 0);
        }
    }

    /** Pid of this process. */
    public static int self() {
        return (int) Linux.call(SystemCall.GETPID);
    }

    /** Kernel thread id of the calling thread. */
    public static int selfThread() {
        return (int) Linux.call(SystemCall.GETTID);
    }

    /** Effective gid of this process. */
    public static int effectiveGid() {
        return (int) Linux.call(SystemCall.GETEGID);
    }

    /** Effective uid of this process. */
    public static int effectiveUid() {
        return (int) Linux.call(SystemCall.GETEUID);
    }
}
