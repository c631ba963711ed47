package org.jdmtcp.plugin.shm;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileSystemCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** An open POSIX message queue ({@code mq_open(3)}): access mode and O_NONBLOCK. The queue itself is {@link PosixQueues}'. */
final class QueueDescriptor implements DescriptorKind<QueueDescriptorState> {
    private static final long MQUEUE_MAGIC = 0x19800202;

    private static final String USUAL_MOUNT = "/dev/mqueue/";

    private final OpenQueues queues;

    QueueDescriptor(final OpenQueues queues) {
        this.queues = queues;
    }

    @Override
    public String name() {
        return "posix-queue";
    }

    @Override
    public Parser<QueueDescriptorState> parser() {
        return QueueDescriptorState.parser();
    }

    // The names of queues have no folder; few other files are in the root directory, so that few are asked.
    @Override
    public Optional<QueueDescriptorState> inspect(final DescriptorView descriptor) {
        if (!descriptor.status().isRegular()
                || !mayBeQueue(descriptor.target())
                || (descriptor.flags() & FileCalls.O_PATH) != 0
                || FileSystemCalls.type("/proc/self/fd/" + descriptor.open().number()) != MQUEUE_MAGIC) {
            return Optional.empty();
        }
        if ((descriptor.flags() & FileCalls.O_ASYNC) != 0) {
            throw new Refusal(
                    descriptor.describe() + " is in signal-driven mode (O_ASYNC), which cannot be restored yet");
        }
        queues.found(descriptor);
        return Optional.of(QueueDescriptorState.newBuilder()
                .setInode(descriptor.status().inode())
                .setFlags(descriptor.flags())
                .build());
    }

    private static boolean mayBeQueue(final String target) {
        return target.lastIndexOf('/') == 0 || target.startsWith(USUAL_MOUNT);
    }

    @Override
    public Fd restore(final QueueDescriptorState state, final RestoreContext context) {
        return FileCalls.open(
                "/proc/self/fd/" + queues.restored(state.getInode()).number(),
                state.getFlags() & (FileCalls.O_ACCMODE | FileCalls.O_NONBLOCK));
    }
}
