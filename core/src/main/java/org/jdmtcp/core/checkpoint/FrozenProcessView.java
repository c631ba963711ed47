package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.spi.view.OpenDescriptor;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.ThreadView;

/**
 * A stopped process as plugins see it.
 *
 * @param descriptors what it has open, where somebody inquires
 */
record FrozenProcessView(FrozenProcess process, List<OpenDescriptor> descriptors) implements ProcessView {
    FrozenProcessView(final FrozenProcess process) {
        this(process, List.of());
    }

    @Override
    public int pid() {
        return process.mainThread().tid();
    }

    @Override
    public int ownPid() {
        return process.ownPid();
    }

    @Override
    public String command() {
        return process.command();
    }

    @Override
    public RemoteBatch batch() {
        return process.scratch().batch().failSafe(process.mainThread().extendedState());
    }

    @Override
    public List<ThreadView> threads() {
        final List<ThreadView> views = new ArrayList<>();
        process.threads().forEach(thread -> views.add(new FrozenThread(process, thread)));
        return views;
    }

    @Override
    public List<byte[]> pendingSignals() {
        return process.pendingSignals();
    }

    private record FrozenThread(FrozenProcess process, Tracee thread) implements ThreadView {
        @Override
        public int tid() {
            return thread.tid();
        }

        @Override
        public int ownTid() {
            return thread.ownTid();
        }

        @Override
        public RemoteBatch batch() {
            return process.scratch().through(thread).batch().failSafe(thread.extendedState());
        }
    }
}
