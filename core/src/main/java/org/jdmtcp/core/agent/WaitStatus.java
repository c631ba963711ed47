package org.jdmtcp.core.agent;

/** How a process ended, as {@code wait(2)} tells. */
public sealed interface WaitStatus {
    /** @param code 0 to 255 */
    record Exited(int code) implements WaitStatus {}

    /** @param signal that ended it */
    record Killed(int signal) implements WaitStatus {}

    /** It was not a child of this process, so the kernel does not say. */
    record Unknown() implements WaitStatus {}

    /** Whether a status word of {@code wait4(2)} is that of a process that was stopped, not of one that has ended. */
    static boolean isStop(final int word) {
        return (word & 0xff) == 0x7f;
    }

    /** The signal that stopped a process. */
    static int stopSignal(final int word) {
        return word >> 8 & 0xff;
    }

    /** Decodes the status word of {@code wait4(2)} for a process that has ended. */
    static WaitStatus of(final int word) {
        final int signal = word & 0x7f;
        return signal == 0 ? new Exited(word >> 8 & 0xff) : new Killed(signal);
    }

    /** What a shell would see in {@code $?}: the exit code, 128 plus the signal, or 0 where it is not known. */
    default int exitStatus() {
        return switch (this) {
            case Exited exited -> exited.code();
            case Killed killed -> 128 + killed.signal();
            case Unknown unknown -> 0;
        };
    }
}
