package org.jdmtcp.spi.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor of this process, owned by who holds this object: closing it closes the descriptor, once. Every
 * descriptor that the project opens is close-on-exec. Safe on any thread.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    /** Takes ownership of an open descriptor. */
    public Fd(final int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
    }

    /** The descriptor's number. @throws IllegalStateException after {@link #close} or {@link #release} */
    public int number() {
        final int n = number.get();
        if (n == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return n;
    }

    /** Gives the descriptor away: the caller closes it. */
    public int release() {
        final int n = number.getAndSet(CLOSED);
        if (n == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return n;
    }

    /** Another descriptor of the same open file, close-on-exec, owned by the caller. @throws LinuxException EMFILE */
    public Fd duplicate() {
        return FileCalls.duplicate(number());
    }

    @Override
    public void close() {
        final int n = number.getAndSet(CLOSED);
        if (n != CLOSED) {
            // The kernel frees the number whatever it returns; an error here tells of lost writes only for files that
            // somebody synced for that purpose, and those look at fsync's result.
            Linux.raw(SystemCall.CLOSE, n);
        }
    }

    @Override
    public String toString() {
        return "fd " + number.get();
    }
}
