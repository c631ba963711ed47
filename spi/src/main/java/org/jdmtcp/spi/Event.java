package org.jdmtcp.spi;

import java.util.List;
import org.jdmtcp.spi.view.ProcessView;

/** What happens to a computation, in the order of a checkpoint and of a restart. */
public sealed interface Event {
    /** The agent took charge of a first process; it runs. @param pid its process id as the agent sees it */
    record Launch(int pid) implements Event {}

    /** A checkpoint begins; the programs still run. @param generation number of the checkpoint, from 1 */
    record PreSuspend(int generation) implements Event {}

    /** Every thread is stopped. */
    record Suspended(List<ProcessView> processes) implements Event {}

    /** Everything is claimed; the snapshot comes next. */
    record PreCheckpoint(List<ProcessView> processes) implements Event {}

    /** The programs are about to run on after a checkpoint, or after one that was given up. */
    record Resume(List<ProcessView> processes) implements Event {}

    /** The images are durable and valid. @param images their paths */
    record Written(int generation, List<String> images) implements Event {}

    /** The processes are whole again after a restart and still stopped. */
    record Restart(List<ProcessView> processes) implements Event {}

    /** The programs run (again). */
    record Running() implements Event {}
}
