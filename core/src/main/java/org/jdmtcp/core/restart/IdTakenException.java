package org.jdmtcp.core.restart;

/** An id or a name that is needed belongs to something else on this host. */
final class IdTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IdTakenException(final int id) {
        super("the process id " + id + " is taken on this host");
    }

    IdTakenException(final String what) {
        super(what);
    }
}
