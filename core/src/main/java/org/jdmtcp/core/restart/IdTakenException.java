package org.jdmtcp.core.restart;

/** An id or a name that is needed belongs to something else on this host. */
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
