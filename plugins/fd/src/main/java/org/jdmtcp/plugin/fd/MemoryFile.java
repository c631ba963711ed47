package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.OwnershipCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * A file in memory ({@code memfd_create(2)}), open or only mapped: its contents once per inode, without the holes, and its
 * seals, which are set last. Shared anonymous memory is of the same make in the kernel and comes back as such a file.
 */
final class MemoryFile implements DescriptorKind<MemoryFileState> {
    private static final String MEMFD = "/memfd:";
    private static final String ANONYMOUS = "/dev/zero";
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;
    private static final int F_SEAL_SEAL = 1;
    private static final int MFD_ALLOW_SEALING = 2;

    private final Scratch scratch;
    private final Map<FileId, Long> kept = new HashMap<>();
    private final Map<FileId, Fd> restored = new HashMap<>();

    MemoryFile(final Scratch scratch) {
        this.scratch = scratch;
    }

    @Override
    public String name() {
        return "memfd";
    }

    @Override
    public Parser<MemoryFileState> parser() {
        return MemoryFileState.parser();
    }

    @Override
    public Optional<MemoryFileState> inspect(final DescriptorView descriptor) {
        final FileStatus status = descriptor.status();
        final String path = BytePath.withoutMark(descriptor.target());
        if (!status.isRegular() || !path.startsWith(MEMFD) && !(path.equals(ANONYMOUS) && status.links() == 0)) {
            return Optional.empty();
        }
        final long contents = kept.computeIfAbsent(
                new FileId(status.device(), status.inode()), _ -> descriptor.keepContents(status.size()));
        final long seals = FileCalls.fcntl(descriptor.open().number(), F_GET_SEALS, 0);
        return Optional.of(MemoryFileState.newBuilder()
                .setDevice(status.device())
                .setInode(status.inode())
                .setName(BytePath.bytes(path.startsWith(MEMFD) ? path.substring(MEMFD.length()) : "shared"))
                .setSize(status.size())
                .setFlags(descriptor.flags())
                .setPosition(descriptor.position())
                .setContentsId(contents)
                .setSeals(seals < 0 ? F_SEAL_SEAL : (int) seals)
                .setPermissions(status.permissions())
                .build());
    }

    @Override
    public Fd restore(final MemoryFileState state, final RestoreContext context) {
        final FileId id = new FileId(state.getDevice(), state.getInode());
        Fd shared = restored.get(id);
        if (shared == null) {
            shared = make(state, context);
            restored.put(id, shared);
        }
        final Fd file = StatusFlags.reopen(shared, StatusFlags.forReopening(state.getFlags()));
        Linux.check(FileCalls.seek(file, state.getPosition(), FileCalls.SEEK_SET), "lseek");
        return file;
    }

    private Fd make(final MemoryFileState state, final RestoreContext context) {
        final Fd file;
        try (Arena arena = Arena.ofConfined()) {
            file = scratch.hold(new Fd((int) Linux.call(
                    SystemCall.MEMFD_CREATE,
                    Linux.cString(arena, BytePath.of(state.getName())).address(),
                    FileCalls.MFD_CLOEXEC | MFD_ALLOW_SEALING)));
        }
        context.writeContents(state.getContentsId(), file);
        FileCalls.truncate(file, state.getSize());
        OwnershipCalls.setPermissions(file, state.getPermissions());
        if (state.getSeals() != 0) {
            Linux.check(FileCalls.fcntl(file.number(), F_ADD_SEALS, state.getSeals()), "fcntl(F_ADD_SEALS)");
        }
        return file;
    }
}
