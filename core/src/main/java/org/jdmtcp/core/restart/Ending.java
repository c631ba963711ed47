package org.jdmtcp.core.restart;

import org.jdmtcp.core.process.message.Zombie;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Stop;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/** Ends a reborn process the way that the image says, so that its parent will be told the same. */
final class Ending {
    private static final int PR_SET_NAME = 15;
    private static final int RLIMIT_CORE = 4;
    private static final int SIGKILL = 9;
    private static final int SIGNAL_BITS = 0x7f;

    private final Ptrace ptrace;
    private final Newborn process;

    Ending(final Ptrace ptrace, final Newborn process) {
        this.ptrace = ptrace;
        this.process = process;
    }

    void end(final Zombie zombie) {
        final Batch batch = process.scratch().batch();
        batch.must(
                SystemCall.PRCTL, PR_SET_NAME, batch.putString(zombie.getName().toStringUtf8()));
        batch.run();
        final int signal = zombie.getStatus() & SIGNAL_BITS;
        if (signal == 0) {
            process.exit(zombie.getStatus() >> 8 & 0xff);
        } else {
            kill(signal);
        }
    }

    // It has inherited the default action for every signal from the stub. No core file is wanted of what never was. Its
    // end has to be waited for here: as long as the tracer has not, the kernel hides it from the parent.
    private void kill(final int signal) {
        final int tid = process.leader().tid();
        ProcessCalls.setLimit(process.pid(), RLIMIT_CORE, new ProcessCalls.Limit(0, 0));
        process.leader().forget();
        ptrace.setSignalMask(tid, 0);
        ProcessCalls.kill(process.pid(), signal);
        if (signal != SIGKILL) {
            ptrace.resume(tid, 0);
        }
        Stop stop = ptrace.await(tid);
        while (!(stop instanceof Stop.Killed) && !(stop instanceof Stop.Exited)) {
            ptrace.resume(tid, stop instanceof Stop.SignalDelivery(int delivered) ? delivered : 0);
            stop = ptrace.await(tid);
        }
    }
}
