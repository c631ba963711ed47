package org.jdmtcp.coordinator;

/** A coordinator could not be used; the message says what happened, why, and what to do next. */
public final class CoordinatorException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for callers that turn it into an exit status. */
    public enum Kind {
        /** Nothing answers at the address, or what answers is no coordinator. */
        UNREACHABLE,
        /** The two ends do not share a secret. */
        AUTHENTICATION,
        /** The coordinator does not take this member, or not this request. */
        REJECTED,
        /** It answered, but the call broke off or took longer than its bound. */
        FAILED
    }

    private final Kind kind;

    public CoordinatorException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public CoordinatorException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
