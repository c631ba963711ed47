package org.jdmtcp.spi;

/**
 * Something cannot be checkpointed or restored, and this is its name. Thrown while inspecting it leaves the program
 * untouched; the message reaches the user as it is, so it says what, whose, why, and what to do.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what cannot be done, about whom, why, and what to do about it */
    public Refusal(final String message) {
        super(message);
    }

    /** @param cause what the kernel said */
    public Refusal(final String message, final Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
