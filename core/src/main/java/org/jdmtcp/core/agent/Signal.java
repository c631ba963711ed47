package org.jdmtcp.core.agent;

import java.util.stream.IntStream;

/** Signal numbers and sets: {@code asm-generic/signal.h}. A set has signal N in bit N-1. */
final class Signal {
    static final int SIGHUP = 1;
    static final int SIGINT = 2;
    static final int SIGQUIT = 3;
    static final int SIGILL = 4;
    static final int SIGTRAP = 5;
    static final int SIGBUS = 7;
    static final int SIGFPE = 8;
    static final int SIGKILL = 9;
    static final int SIGSEGV = 11;
    static final int SIGPIPE = 13;
    static final int SIGALRM = 14;
    static final int SIGTERM = 15;
    static final int SIGCHLD = 17;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;
    static final int SIGTSTP = 20;
    static final int SIGTTIN = 21;
    static final int SIGTTOU = 22;
    static final int SIGXFSZ = 25;
    static final int SIGWINCH = 28;
    /** With which the C library cancels threads (SIGCANCEL). */
    static final int CANCEL = 32;
    /** With which the C library has all threads change their ids (SIGSETXID). */
    static final int SET_ID = 33;
    /** With which the launcher script has the JVM suspend its threads. */
    static final int SUSPEND = 62;

    static final int LAST = 64;

    private Signal() {}

    static long bit(final int signal) {
        return 1L << signal - 1;
    }

    static boolean contains(final long set, final int signal) {
        return (set & bit(signal)) != 0;
    }

    static IntStream numbers(final long set) {
        return IntStream.rangeClosed(1, LAST).filter(signal -> contains(set, signal));
    }
}
