package org.jdmtcp.spi.linux;

import java.lang.foreign.Arena;

/** Who owns an open file and who may use it ({@code fchmod(2)}, {@code fchown(2)}). Safe on any thread. */
public final class OwnershipCalls {
    private OwnershipCalls() {}

    /** Sets the permission bits, whatever the umask is. @throws LinuxException EPERM, EROFS */
    public static void setPermissions(final Fd file, final int permissions) {
        Linux.call(SystemCall.FCHMOD, file.number(), permissions);
    }

    /** {@code chmod(2)}, which follows links; raw result, {@code -EPERM} where this process does not own the file. */
    public static long setPermissions(final String path, final int permissions) {
        try (Arena arena = Arena.ofConfined()) {
            return Linux.raw(SystemCall.CHMOD, Linux.cString(arena, path).address(), permissions);
        }
    }

    /** Sets owner and group; raw result, {@code -EPERM} where this process may not give files away. */
    public static long setOwner(final Fd file, final int uid, final int gid) {
        return Linux.raw(SystemCall.FCHOWN, file.number(), uid, gid);
    }
}
