package org.jdmtcp.core.agent;

/** What becomes of a signal that came to the agent. */
enum SignalRoute {
    /** A child has ended, stopped or gone on. */
    REAP,
    /** The program is to get it too. */
    FORWARD,
    /** The program has got it itself, or it does not concern the program. */
    DROP;

    /** Signals that a terminal sends to its foreground process group. */
    private static final long OF_THE_TERMINAL = Signal.bit(Signal.SIGHUP)
            | Signal.bit(Signal.SIGINT)
            | Signal.bit(Signal.SIGQUIT)
            | Signal.bit(Signal.SIGTSTP)
            | Signal.bit(Signal.SIGTTIN)
            | Signal.bit(Signal.SIGTTOU)
            | Signal.bit(Signal.SIGCONT)
            | Signal.bit(Signal.SIGWINCH);

    /**
     * Decides.
     *
     * @param sameGroup whether the program is in the agent's process group, to which the terminal and {@code kill -PGID}
     *     send
     * @param fromProgram whether the sender is one of the program's processes, which addressed its group: {@code kill 0}
     */
    static SignalRoute of(final ReceivedSignal signal, final boolean sameGroup, final boolean fromProgram) {
        if (signal.number() == Signal.SIGCHLD && signal.code() > ReceivedSignal.SI_USER) {
            return REAP;
        }
        if (signal.code() == ReceivedSignal.SI_KERNEL) {
            if (Signal.contains(OF_THE_TERMINAL, signal.number())) {
                return sameGroup ? DROP : FORWARD;
            }
            // An alarm(2) set by the caller lives on through exec and was meant for the program. Other signals of the
            // kernel, such as SIGXCPU, are about the agent.
            return signal.number() == Signal.SIGALRM ? FORWARD : DROP;
        }
        return sameGroup && fromProgram ? DROP : FORWARD;
    }
}
