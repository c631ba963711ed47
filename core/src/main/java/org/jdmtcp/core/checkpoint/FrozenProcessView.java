package org.jdmtcp.core.checkpoint;

import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/** A stopped process as plugins see it. */
record FrozenProcessView(FrozenProcess process) implements ProcessView {
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
}
