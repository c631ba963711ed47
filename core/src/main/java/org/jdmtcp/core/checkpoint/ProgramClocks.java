package org.jdmtcp.core.checkpoint;

import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.process.message.Clocks;
import org.jdmtcp.core.procfs.TimeOffsets;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.ProcessCalls;

/** What the clocks show to the programs, which may be in a time namespace of their own, all in the same. */
final class ProgramClocks {
    private ProgramClocks() {}

    /**
     * The clocks now, as a process sees them. To be asked when everything has been captured: where clocks go on from here
     * after a restart, no timer seems to expire before its time.
     */
    static Clocks of(final FrozenProcess process) {
        final int pid = process.mainThread().tid();
        TimeOffsets ahead = new TimeOffsets(0, 0);
        if (namespace(pid) != namespace(ProcessCalls.self())) {
            final TimeOffsets its = TimeOffsets.read(pid);
            final TimeOffsets ours = TimeOffsets.read(ProcessCalls.self());
            ahead = new TimeOffsets(its.monotonic() - ours.monotonic(), its.boottime() - ours.boottime());
        }
        final ClockTimes now = ClockTimes.now();
        return Clocks.newBuilder()
                .setMonotonic(now.monotonic() + ahead.monotonic())
                .setBoottime(now.boottime() + ahead.boottime())
                .setRealtime(now.realtime())
                .build();
    }

    /** 0 where the kernel has no time namespaces. */
    private static long namespace(final int pid) {
        return FileCalls.status("/proc/" + pid + "/ns/time")
                .map(FileStatus::inode)
                .orElse(0L);
    }
}
