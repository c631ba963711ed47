package org.jdmtcp.core.procfs;

import java.util.List;

/**
 * {@code /proc/PID/status}, or that of a thread. Signal sets have signal N in bit N-1; capability sets have capability N in
 * bit N.
 *
 * @param name command name, a byte string; decoded where the kernel escaped it
 * @param umask -1 where the kernel does not say (a zombie)
 * @param state the letter, as in {@link Stat#state}
 * @param tracerPid the tracer as this reader numbers it, 0 for none
 * @param groups supplementary groups, ascending as the kernel keeps them
 * @param nsTgid the process's number in each pid namespace, from the reader's to its own
 * @param nsPid likewise the thread's
 * @param nsPgid likewise the process group's
 * @param nsSid likewise the session's
 * @param queuedSignals signals queued by the real user, all its processes together
 * @param signalQueueLimit RLIMIT_SIGPENDING
 * @param pending of this thread
 * @param sharedPending of the whole process
 * @param seccomp 0 off, 1 strict, 2 filter
 * @param lockedBytes mlocked
 * @param cpusAllowed hexadecimal mask in groups of 32 bits, the highest first; see {@link #cpuMask}
 */
public record Status(
        String name,
        int umask,
        char state,
        int tgid,
        int ngid,
        int pid,
        int ppid,
        int tracerPid,
        Ids uid,
        Ids gid,
        List<Integer> groups,
        List<Integer> nsTgid,
        List<Integer> nsPid,
        List<Integer> nsPgid,
        List<Integer> nsSid,
        int threads,
        long queuedSignals,
        long signalQueueLimit,
        long pending,
        long sharedPending,
        long blocked,
        long ignored,
        long caught,
        long capInheritable,
        long capPermitted,
        long capEffective,
        long capBounding,
        long capAmbient,
        boolean noNewPrivs,
        int seccomp,
        int seccompFilters,
        long lockedBytes,
        String cpusAllowed) {

    public Status {
        groups = List.copyOf(groups);
        nsTgid = List.copyOf(nsTgid);
        nsPid = List.copyOf(nsPid);
        nsPgid = List.copyOf(nsPgid);
        nsSid = List.copyOf(nsSid);
    }

    public static Status read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "status"));
    }

    public static Status read(int pid, int tid) {
        return parse(ProcFile.read(ProcDir.of(pid, tid), "status"));
    }

    public static Status parse(byte[] text) {
        return parse(new ByteText("status", text));
    }

    static Status parse(ByteText text) {
        return new StatusParser(text).parse();
    }

    /** The processors of {@link #cpusAllowed} as words of 64 bits, the lowest first, as sched_setaffinity takes them. */
    public long[] cpuMask() {
        String[] groupsOf32 = cpusAllowed.split(",");
        long[] words = new long[(groupsOf32.length + 1) / 2];
        for (int i = 0; i < groupsOf32.length; i++) {
            long bits = Long.parseLong(groupsOf32[groupsOf32.length - 1 - i], 16);
            words[i / 2] |= bits << 32 * (i % 2);
        }
        return words;
    }
}
