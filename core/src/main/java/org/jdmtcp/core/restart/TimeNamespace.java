package org.jdmtcp.core.restart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jdmtcp.core.procfs.TimeOffsets;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Where the clocks of this host show less than they did at the checkpoint, because it was on another host or before a boot,
 * they go on in a time namespace from where they were ({@code time_namespaces(7)}). Real time is the host's everywhere.
 */
final class TimeNamespace {
    private static final long CLONE_NEWTIME = 0x80;

    private TimeNamespace() {}

    /**
     * Has the children of the stub be born into a time namespace, if one is needed. In a user namespace of his own an ordinary
     * user may do that too.
     *
     * @param warnings for what the kernel does not allow: the programs come back all the same
     */
    static void enter(final Newborn stub, final ClockTimes atCheckpoint, final List<String> warnings) {
        final ClockTimes now = ClockTimes.now();
        final long monotonic = Math.max(0, atCheckpoint.monotonic() - now.monotonic());
        final long boottime = Math.max(0, atCheckpoint.boottime() - now.boottime());
        if (monotonic == 0 && boottime == 0) {
            return;
        }
        final Batch batch = stub.scratch().batch();
        final int unshare = batch.add(SystemCall.UNSHARE, CLONE_NEWTIME);
        batch.run();
        if (Errno.isError(batch.result(unshare))) {
            warnings.add(warning(Errno.message((int) -batch.result(unshare))));
            return;
        }
        final TimeOffsets own = TimeOffsets.read(ProcessCalls.self());
        try {
            Files.writeString(
                    Path.of("/proc/" + stub.pid() + "/timens_offsets"),
                    new TimeOffsets(own.monotonic() + monotonic, own.boottime() + boottime).text());
        } catch (final IOException e) {
            warnings.add(warning(String.valueOf(e.getMessage())));
        }
    }

    private static String warning(final String why) {
        return "this host's clocks CLOCK_MONOTONIC or CLOCK_BOOTTIME show less than at the checkpoint, and no time namespace"
                + " can be made for the programs (" + why
                + "): they see them jump back; what sleeps until a point in time"
                + " by these clocks sleeps too long";
    }
}
