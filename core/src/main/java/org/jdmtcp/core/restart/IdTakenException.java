package org.jdmtcp.core.restart;

/** A process id that is needed belongs to another task on this host. */
final class IdTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IdTakenException(final int id) {
        super("the process id " + id + " is taken on this host");
    }
}
