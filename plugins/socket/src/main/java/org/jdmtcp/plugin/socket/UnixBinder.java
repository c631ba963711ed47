package org.jdmtcp.plugin.socket;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * Gives sockets the names that they had, byte by byte. A socket's file is made anew, since the old one belongs to a socket that is
 * no more; a name that had been removed is removed again when nobody needs it to connect.
 */
final class UnixBinder {
    private static final String SELF = "/proc/self/fd/";

    private final RestoreContext context;
    private final Set<String> temporary = new LinkedHashSet<>();

    UnixBinder(final RestoreContext context) {
        this.context = context;
    }

    /**
     * Binds a socket of the agent.
     *
     * @return whether it has the name; if not the user was told
     * @throws Refusal where a name that others may look for cannot be had
     */
    boolean bind(final Fd socket, final UnixName name, final UnixSocketState.Path path) {
        if (!name.isPath()) {
            bindAbstract(socket, name);
            return true;
        }
        final String directory = path.getDirectory().toString(StandardCharsets.ISO_8859_1);
        final String file = name.path(directory);
        try {
            if (!isFree(file, path.getExists())) {
                context.warn("a socket was bound to " + file
                        + ", whose name was removed meanwhile and is another file's now;" + " it has no name any more");
                return false;
            }
            final Maker maker = context.maker(0, ProcessCalls.effectiveUid(), ProcessCalls.effectiveGid());
            inFolder(maker, directory, socket, SystemCall.BIND, name);
        } catch (final org.jdmtcp.spi.linux.LinuxException e) {
            if (path.getExists()) {
                throw new Refusal(
                        "the socket " + file + " cannot be made again: " + e.getMessage()
                                + "; make its folder accessible and restart again",
                        e);
            }
            context.warn("a socket was bound to " + file + ", where none can be made now (" + e.getMessage()
                    + "); it has no name any more");
            return false;
        }
        if (path.getExists()) {
            setAttributes(file, path);
        } else {
            temporary.add(file);
        }
        return true;
    }

    private static void bindAbstract(final Fd socket, final UnixName name) {
        final long result = SocketCalls.bind(socket, name.address());
        if (result == -Errno.EADDRINUSE) {
            throw new Refusal("the socket name " + name + " is in use by another program; end that and restart again");
        }
        Linux.check(result, "bind(" + name + ")");
    }

    /** Removes what is left there of the old socket. @return false where another file is in the place of a removed name */
    private static boolean isFree(final String file, final boolean wanted) {
        final Optional<FileStatus> there = FileCalls.linkStatus(file);
        if (there.isEmpty()) {
            return true;
        }
        if (!wanted) {
            return false;
        }
        if (there.get().type() != FileStatus.S_IFSOCK) {
            throw new Refusal(
                    file + " was a socket of the program and is another kind of file now; remove it and restart again");
        }
        refuseAlive(file);
        FileCalls.unlink(file);
        return true;
    }

    private static void refuseAlive(final String file) {
        for (final int type : new int[] {SocketCalls.SOCK_STREAM, SocketCalls.SOCK_DGRAM, SocketCalls.SOCK_SEQPACKET}) {
            try (Fd probe = SocketCalls.socket(SocketCalls.AF_UNIX, type | FileCalls.O_NONBLOCK, 0)) {
                final long result = SocketCalls.connect(probe, address(file));
                if (result == 0 || result == -Errno.EAGAIN) {
                    throw new Refusal("the socket " + file + " is in use by another program (it may be the one that was"
                            + " checkpointed); end that and restart again");
                }
            }
        }
    }

    private static byte[] address(final String path) {
        final byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        final byte[] address = new byte[bytes.length + 3];
        address[0] = SocketCalls.AF_UNIX;
        System.arraycopy(bytes, 0, address, 2, bytes.length);
        return address;
    }

    private void setAttributes(final String file, final UnixSocketState.Path path) {
        try (Fd open = FileCalls.open(file, FileCalls.O_PATH | FileCalls.O_NOFOLLOW)) {
            final String name = SELF + open.number();
            if (OwnershipCalls.setOwner(name, path.getUid(), path.getGid()) < 0) {
                context.warn("the socket " + file + " belonged to user " + path.getUid() + " and group " + path.getGid()
                        + ", which this user may not set");
            }
            Linux.check(OwnershipCalls.setPermissions(name, path.getPermissions()), "chmod(" + file + ")");
        }
    }

    /** Has a maker execute bind or connect for a socket of the agent; a relative name is taken from that folder. */
    static void inFolder(
            final Maker maker, final String directory, final Fd socket, final SystemCall call, final UnixName name) {
        final int number = maker.give(socket);
        final RemoteBatch batch = maker.batch();
        if (name.isRelative()) {
            batch.must(SystemCall.CHDIR, batch.putString(directory));
        }
        final byte[] address = name.address();
        final int result = batch.add(call, number, batch.put(address), address.length);
        batch.must(SystemCall.CLOSE, number);
        batch.run();
        Linux.check(batch.result(result), call.kernelName() + "(" + name + ")");
    }

    /** A name that is not to stay. */
    void removeLater(final String file) {
        temporary.add(file);
    }

    /** Removes the names that are not to stay. */
    void removeTemporary() {
        temporary.forEach(FileCalls::unlink);
        temporary.clear();
    }
}
