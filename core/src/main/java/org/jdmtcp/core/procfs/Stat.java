package org.jdmtcp.core.procfs;

/**
 * {@code /proc/PID/stat}, or that of a thread. Addresses and exitCode are 0 for a reader who may not trace the process.
 *
 * @param pid pid, or tid for a thread
 * @param comm command name, a byte string of up to 15 octets; blanks, parentheses and newlines are possible
 * @param state R running, S sleeping, D in the disk's sleep, T stopped, t stopped by a tracer, Z zombie, X dead, I idle
 * @param ttyNr device number of the controlling terminal, 0 for none
 * @param tpgid foreground process group of that terminal, -1 for none
 * @param flags PF_ flags of the kernel's include/linux/sched.h
 * @param numThreads threads of the process
 * @param startTime clock ticks after boot; with the pid it names a process for good
 * @param vsize bytes
 * @param rss pages
 * @param startStack address of the bottom (highest address) of the stack
 * @param exitSignal sent to the parent at the end; -1 for a thread that is not the leader
 * @param exitCode as for waitpid
 */
public record Stat(
        int pid,
        String comm,
        char state,
        int ppid,
        int pgrp,
        int session,
        int ttyNr,
        int tpgid,
        int flags,
        int priority,
        int nice,
        int numThreads,
        long startTime,
        long vsize,
        long rss,
        long startCode,
        long endCode,
        long startStack,
        int exitSignal,
        int processor,
        int rtPriority,
        int policy,
        long startData,
        long endData,
        long startBrk,
        long argStart,
        long argEnd,
        long envStart,
        long envEnd,
        int exitCode) {

    /** Numbers of proc(5): the first field after the state, and the last. */
    private static final int FIRST = 4;

    private static final int LAST = 52;

    public static Stat read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "stat"));
    }

    public static Stat read(int pid, int tid) {
        return parse(ProcFile.read(ProcDir.of(pid, tid), "stat"));
    }

    public static Stat parse(byte[] text) {
        return parse(new ByteText("stat", text));
    }

    static Stat parse(ByteText text) {
        int pid = text.decInt();
        text.expect(" (");
        int open = text.position();
        // comm is not escaped here; but no field after it can hold a parenthesis, so the last one closes it.
        int close = text.lastIndexOf(')');
        if (close < open) {
            throw text.malformed("a command name in parentheses");
        }
        String comm = text.slice(open, close);
        text.seek(close + 1);
        text.expect(' ');
        char state = (char) text.next();
        long[] field = new long[LAST + 1];
        for (int i = FIRST; i <= LAST; i++) {
            text.expect(' ');
            field[i] = text.dec();
        }
        text.expect('\n');
        return of(pid, comm, state, field);
    }

    private static Stat of(int pid, String comm, char state, long[] field) {
        return new Stat(
                pid,
                comm,
                state,
                (int) field[4],
                (int) field[5],
                (int) field[6],
                (int) field[7],
                (int) field[8],
                (int) field[9],
                (int) field[18],
                (int) field[19],
                (int) field[20],
                field[22],
                field[23],
                field[24],
                field[26],
                field[27],
                field[28],
                (int) field[38],
                (int) field[39],
                (int) field[40],
                (int) field[41],
                field[45],
                field[46],
                field[47],
                field[48],
                field[49],
                field[50],
                field[51],
                (int) field[52]);
    }

    /** Ended and waiting for its parent, or about to vanish. */
    public boolean isZombie() {
        return state == 'Z' || state == 'X';
    }
}
