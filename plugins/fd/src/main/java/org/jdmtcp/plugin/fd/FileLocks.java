package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.plugin.fd.FileLocksState.Lock;
import org.jdmtcp.plugin.fd.FileLocksState.Type;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.ProcessResource;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.OpenDescriptor;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * Locks on files: record locks, which belong to a process, and locks of open file descriptions, flock locks and leases, which
 * belong to an open file. They are taken again when all descriptors are in place and before anybody runs; who was
 * waiting for one makes his call again. A lock that somebody else holds by then ends the restart.
 */
final class FileLocks implements ProcessStateKind<FileLocksState> {
    // fcntl.h, sys/file.h
    private static final int F_SETLK = 6;
    private static final int F_OFD_SETLK = 37;
    private static final int F_SETLEASE = 1024;
    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;

    /** {@code struct flock} (asm-generic/fcntl.h): s16 l_type at 0, s16 l_whence at 2, s64 l_start at 8, s64 l_len at 16, s32 l_pid at 24. */
    private static final int FLOCK_SIZE = 32;

    private static final int FLOCK_START = 8;
    private static final int FLOCK_LENGTH = 16;

    @Override
    public String name() {
        return "file-locks";
    }

    @Override
    public Parser<FileLocksState> parser() {
        return FileLocksState.parser();
    }

    @Override
    public Set<ProcessResource> restores() {
        return Set.of(ProcessResource.FILE_LOCKS);
    }

    @Override
    public Inquiry<FileLocksState> inquire(final ProcessView process, final RemoteBatch batch) {
        final FileLocksState.Builder state = FileLocksState.newBuilder();
        // A record lock shows at every descriptor of its open file.
        final Set<Shown> seen = new HashSet<>();
        for (final OpenDescriptor descriptor : process.descriptors()) {
            for (final String line : descriptor.locks()) {
                final Lock lock = FileLock.parse(line, descriptor.number(), whose(process, descriptor));
                final boolean own = lock.getType() == Type.RECORD || descriptor.isFirst();
                if (own && seen.add(Shown.of(lock, descriptor))) {
                    state.addLocks(lock);
                }
            }
        }
        return done -> state.getLocksCount() == 0 ? Optional.empty() : Optional.of(state.build());
    }

    private record Shown(Type type, DescriptorView file, boolean write, long start, long length) {
        static Shown of(final Lock lock, final OpenDescriptor descriptor) {
            return new Shown(lock.getType(), descriptor.file(), lock.getWrite(), lock.getStart(), lock.getLength());
        }
    }

    private static String whose(final ProcessView process, final OpenDescriptor descriptor) {
        return "fd " + descriptor.number() + " (" + descriptor.file().target() + ") of " + process.command() + " (pid "
                + process.ownPid() + ")";
    }

    @Override
    public void restore(final FileLocksState state, final ProcessView process, final RestoreContext context) {
        final RemoteBatch batch = process.batch();
        final List<Integer> calls =
                state.getLocksList().stream().map(lock -> add(batch, lock)).toList();
        batch.run();
        for (int i = 0; i < calls.size(); i++) {
            final long result = batch.result(calls.get(i));
            if (Errno.isError(result)) {
                throw refusal(state.getLocks(i), process, (int) -result);
            }
        }
    }

    private static int add(final RemoteBatch batch, final Lock lock) {
        final int number = lock.getNumber();
        return switch (lock.getType()) {
            case RECORD, UNRECOGNIZED -> batch.add(SystemCall.FCNTL, number, F_SETLK, batch.put(flock(lock)));
            case OPEN_FILE -> batch.add(SystemCall.FCNTL, number, F_OFD_SETLK, batch.put(flock(lock)));
            case FLOCK -> batch.add(SystemCall.FLOCK, number, (lock.getWrite() ? LOCK_EX : LOCK_SH) | LOCK_NB);
            case LEASE -> batch.add(SystemCall.FCNTL, number, F_SETLEASE, lock.getWrite() ? F_WRLCK : F_RDLCK);
        };
    }

    private static byte[] flock(final Lock lock) {
        return ByteBuffer.allocate(FLOCK_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(0, (short) (lock.getWrite() ? F_WRLCK : F_RDLCK))
                .putLong(FLOCK_START, lock.getStart())
                .putLong(FLOCK_LENGTH, lock.getLength())
                .array();
    }

    private static Refusal refusal(final Lock lock, final ProcessView process, final int errno) {
        final String path = FileCalls.readLink("/proc/" + process.pid() + "/fd/" + lock.getNumber())
                .orElse("fd " + lock.getNumber());
        final String who =
                process.command() + " (pid " + process.ownPid() + ") held " + FileLock.describe(lock) + " of " + path;
        if (errno == Errno.EAGAIN || errno == Errno.EACCES) {
            return new Refusal(who + ", which another program holds now"
                    + (lock.getType() == Type.LEASE ? " open" : " (/proc/locks names it)")
                    + "; end that, and restart again");
        }
        return new Refusal(who + ", which cannot be had again: " + Errno.message(errno));
    }
}
