package org.jdmtcp.core.agent;

/** A program could not be started; the message says which and why. */
public final class ProgramException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean found;

    ProgramException(final String message, final boolean found) {
        super(message);
        this.found = found;
    }

    /** Whether there is a file of that name, which cannot be executed; shells give 126 for that, and 127 otherwise. */
    public boolean found() {
        return found;
    }
}
