package org.jdmtcp.core.restart;

import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.SystemCall;

/** System calls of a reborn process, all of which must succeed, in as many batches as it takes. */
final class Steps {
    private static final int PER_BATCH = 2000;

    private final Newborn process;
    private Batch batch;

    Steps(final Newborn process) {
        this.process = process;
        batch = process.scratch().batch();
    }

    void call(final SystemCall call, final long... arguments) {
        batch.must(call, arguments);
        // After the call and not before it: its data are in this batch.
        if (batch.size() >= PER_BATCH) {
            run();
        }
    }

    /** The batch to which the next call goes, for data. */
    Batch batch() {
        return batch;
    }

    /** Executes what has been added. */
    void run() {
        if (batch.size() > 0) {
            batch.run();
            batch = process.scratch().batch();
        }
    }
}
