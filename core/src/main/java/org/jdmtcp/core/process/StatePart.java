package org.jdmtcp.core.process;

import org.jdmtcp.core.tracee.Batch;

/**
 * One kind of state that only the process itself can tell. Its system calls join those of the others in one batch: a part
 * adds them when it is made, and reads the results when the batch has run.
 *
 * @param <B> the message builder that it fills
 */
interface StatePart<B> {
    /** Takes its results from the batch that has run. */
    void read(Batch batch, B into);
}
