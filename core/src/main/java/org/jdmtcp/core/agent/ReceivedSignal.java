package org.jdmtcp.core.agent;

/**
 * A signal that came to the agent.
 *
 * @param number of the signal
 * @param code its {@code si_code}: who made it
 * @param sender pid, 0 where it is the kernel or outside of this pid namespace
 * @param value that was sent along with it by {@code sigqueue(3)}
 */
record ReceivedSignal(int number, int code, int sender, long value) {
    static final int SI_USER = 0;
    static final int SI_KERNEL = 0x80;
    static final int SI_QUEUE = -1;
    static final int SI_TKILL = -6;
}
