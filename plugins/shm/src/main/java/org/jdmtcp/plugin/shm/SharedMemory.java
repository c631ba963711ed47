package org.jdmtcp.plugin.shm;

import com.google.protobuf.Parser;
import java.lang.foreign.Arena;
import java.util.Optional;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.HugePages;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.MappingView;

/**
 * Shared memory without a name: MAP_SHARED | MAP_ANONYMOUS, a shared mapping of /dev/zero, a memfd that nobody has open;
 * also of huge pages. In the kernel they are all one: a file in memory. So each comes back as a memfd, which {@code
 * /proc/PID/maps} shows as {@code /memfd:shared} where it was {@code /dev/zero} before.
 */
final class SharedMemory implements MappingKind<SharedMemoryState> {
    private static final String ZERO = "/dev/zero";
    private static final String NAMED = "[anon_shmem:";
    private static final String HUGE = "/anon_hugepage";
    private static final String MEMFD = "/memfd:";
    private static final String NAME = "shared";
    private static final int MFD_HUGETLB = 4;
    private static final int MFD_HUGE_SHIFT = 26;

    @Override
    public String name() {
        return "shared-memory";
    }

    @Override
    public Parser<SharedMemoryState> parser() {
        return SharedMemoryState.parser();
    }

    @Override
    public Optional<SharedMemoryState> inspect(final MappingView mapping) {
        final String path = mapping.path();
        final boolean anonymous =
                path.startsWith(NAMED) || mapping.isDeleted() && (path.equals(ZERO) || path.equals(HUGE));
        final boolean memoryFile = mapping.isDeleted() && path.startsWith(MEMFD);
        if (!anonymous && !memoryFile) {
            return Optional.empty();
        }
        final long size = Sizes.of(mapping);
        final long pageSize = mapping.places().getFirst().pageSize();
        return Optional.of(SharedMemoryState.newBuilder()
                .setName(ByteStrings.bytes(memoryFile ? path.substring(MEMFD.length()) : NAME))
                .setSize(size)
                .setContentsId(mapping.keepContents(size))
                .setHugePage(pageSize > Linux.PAGE_SIZE ? pageSize : 0)
                .build());
    }

    @Override
    public Optional<Fd> restore(final SharedMemoryState state, final RestoreContext context) {
        final long huge = state.getHugePage();
        if (huge != 0) {
            HugePages.require(huge, state.getSize());
        }
        final int flags = huge == 0 ? 0 : MFD_HUGETLB | Long.numberOfTrailingZeros(huge) << MFD_HUGE_SHIFT;
        try (Arena arena = Arena.ofConfined()) {
            final Fd file = new Fd((int) Linux.call(
                    SystemCall.MEMFD_CREATE,
                    Linux.cString(arena, ByteStrings.of(state.getName())).address(),
                    FileCalls.MFD_CLOEXEC | flags));
            Sizes.fill(file, state.getContentsId(), context);
            return Optional.of(file);
        }
    }
}
