package org.jdmtcp.spi.linux;

/** Who owns an open file and who may use it ({@code fchmod(2)}, {@code fchown(2)}). Safe on any thread. */
public final class OwnershipCalls {
    private OwnershipCalls() {}

    /** Sets the permission bits, whatever the umask is. @throws LinuxException EPERM, EROFS */
    public static void setPermissions(final Fd file, final int permissions) {
        Linux.call(SystemCall.FCHMOD, file.number(), permissions);
    }

    /** Sets owner and group; raw result, {@code -EPERM} where this process may not give files away. */
    public static long setOwner(final Fd file, final int uid, final int gid) {
        return Linux.raw(SystemCall.FCHOWN, file.number(), uid, gid);
    }
}
