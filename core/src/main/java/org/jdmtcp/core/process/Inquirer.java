package org.jdmtcp.core.process;

import org.jdmtcp.core.tracee.Batch;

/** Somebody who adds questions to the batch that a process runs while it is captured, so that they cost no round trip. */
public interface Inquirer {
    /** Adds calls that change nothing. */
    void inquire(Batch batch);

    /** Reads the results, when everything else of the process has been captured. */
    void answer(Batch done);
}
