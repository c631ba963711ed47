package org.jdmtcp.spi.linux;

/**
 * A system call failed. Unchecked, since most calls of the engine can only fail where the tracee died or the kernel
 * lacks something, and then the whole operation is given up; a caller that can go on looks at {@link #errno()}.
 */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String call;

    /**
     * @param call what was tried, with its arguments as a person would want to read them
     * @param errno the kernel's error number, positive
     */
    public LinuxException(final String call, final int errno) {
        super(call + ": " + Errno.name(errno) + " (" + Errno.message(errno) + ")");
        this.call = call;
        this.errno = errno;
    }

    /** The kernel's error number, positive; compare with the constants of {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** What was tried. */
    public String call() {
        return call;
    }

    /** Whether the error says that the process or thread is no more. */
    public boolean isGone() {
        return errno == Errno.ESRCH;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
