package org.jdmtcp.core.restart;

/** A number that is needed belongs to somebody else on this host. */
final class IdTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IdTakenException(final int id) {
        this("the process id " + id);
    }

    /** @param what is taken, in words */
    IdTakenException(final String what) {
        super(what + " is taken on this host");
    }
}
