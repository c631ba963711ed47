package org.jdmtcp.core.process;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.process.message.Attributes;
import org.jdmtcp.core.procfs.CoreDumpFilter;
import org.jdmtcp.core.procfs.OomScoreAdj;
import org.jdmtcp.core.procfs.Personality;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/** Attributes of a whole process: folders, umask, limits, and what {@code prctl(2)} tells. */
final class ProcessAttributes implements StatePart<Attributes.Builder> {
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_GET_CHILD_SUBREAPER = 37;
    private static final int PR_SET_THP_DISABLE = 41;
    private static final int PR_GET_THP_DISABLE = 42;
    private static final int MEMBARRIER_CMD_GET_REGISTRATIONS = 1 << 9;
    private static final int MEMBARRIER_GLOBAL_EXPEDITED = 1 << 1;
    /** SUID_DUMP_ROOT cannot be set by a process itself; the kernel chose it because of the credentials. */
    private static final int SUID_DUMP_ROOT = 2;

    private static final int LIMIT_SIZE = 16;
    private static final String DELETED = " (deleted)";

    private final FrozenProcess process;
    private final int dumpable;
    private final int thpDisable;
    private final int membarrier;
    private final long subreaper;
    private final long limits;

    ProcessAttributes(final FrozenProcess process, final Batch batch) {
        this.process = process;
        dumpable = batch.must(SystemCall.PRCTL, PR_GET_DUMPABLE);
        subreaper = batch.room(4);
        batch.must(SystemCall.PRCTL, PR_GET_CHILD_SUBREAPER, subreaper);
        thpDisable = batch.add(SystemCall.PRCTL, PR_GET_THP_DISABLE, 0, 0, 0, 0);
        membarrier = batch.add(SystemCall.MEMBARRIER, MEMBARRIER_CMD_GET_REGISTRATIONS, 0);
        limits = batch.room(ProcessCalls.RLIM_NLIMITS * LIMIT_SIZE);
        for (int resource = 0; resource < ProcessCalls.RLIM_NLIMITS; resource++) {
            batch.must(SystemCall.PRLIMIT64, 0, resource, 0, limits + (long) resource * LIMIT_SIZE);
        }
    }

    @Override
    public void read(final Batch batch, final Attributes.Builder into) {
        final int pid = process.mainThread().tid();
        into.setUmask(process.status().umask())
                .setCwd(link(pid, "cwd"))
                .setRoot(link(pid, "root"))
                .addAllLimits(limits(batch))
                .setPersonality((int) Personality.read(pid))
                .setOomScoreAdj(OomScoreAdj.read(pid))
                .setCoredumpFilter(CoreDumpFilter.read(pid))
                .setDumpable((int) batch.result(dumpable))
                .setChildSubreaper(batch.buffer(subreaper, 4).getInt() != 0)
                .setThpDisable(batch.result(thpDisable) > 0)
                .setMembarrier((int) Math.max(0, batch.result(membarrier)));
    }

    private static String link(final int pid, final String name) {
        return FileCalls.readLink("/proc/" + pid + "/" + name).orElse("/");
    }

    // Asked inside: from outside it takes the process's uid or CAP_SYS_RESOURCE.
    private List<Long> limits(final Batch batch) {
        final List<Long> values = new ArrayList<>();
        final ByteBuffer all = batch.buffer(limits, ProcessCalls.RLIM_NLIMITS * LIMIT_SIZE);
        while (all.hasRemaining()) {
            values.add(all.getLong());
        }
        return values;
    }

    /** Adds the calls that set what the process itself has to set, before its credentials. */
    static void restore(final Batch batch, final Attributes state) {
        batch.must(SystemCall.PERSONALITY, Integer.toUnsignedLong(state.getPersonality()));
        batch.must(SystemCall.UMASK, state.getUmask());
        restoreCwd(batch, state.getCwd());
        if (!state.getRoot().equals("/")) {
            batch.must(SystemCall.CHROOT, batch.putString(state.getRoot()));
        }
        if (state.getChildSubreaper()) {
            batch.must(SystemCall.PRCTL, PR_SET_CHILD_SUBREAPER, 1);
        }
        if (state.getThpDisable()) {
            batch.must(SystemCall.PRCTL, PR_SET_THP_DISABLE, 1, 0, 0, 0);
        }
        restoreMembarrier(batch, state.getMembarrier());
    }

    // A working folder that was removed: make one of its name for a moment, so that the process is in a removed folder
    // again.
    private static void restoreCwd(final Batch batch, final String cwd) {
        if (cwd.endsWith(DELETED)) {
            final long path = batch.putString(cwd.substring(0, cwd.length() - DELETED.length()));
            batch.must(SystemCall.MKDIR, path, 0700);
            batch.must(SystemCall.CHDIR, path);
            batch.must(SystemCall.RMDIR, path);
        } else {
            batch.must(SystemCall.CHDIR, batch.putString(cwd));
        }
    }

    private static void restoreMembarrier(final Batch batch, final int registrations) {
        // MEMBARRIER_CMD_GET_REGISTRATIONS answers with the bits of the REGISTER commands themselves.
        for (int bit = MEMBARRIER_GLOBAL_EXPEDITED; bit > 0 && bit <= registrations; bit <<= 1) {
            if ((registrations & bit) != 0) {
                batch.must(SystemCall.MEMBARRIER, bit, 0);
            }
        }
    }

    /** Adds the call that must come after all changes of credentials, which reset the attribute. */
    static void restoreDumpable(final Batch batch, final Attributes state) {
        if (state.getDumpable() != SUID_DUMP_ROOT) {
            batch.must(SystemCall.PRCTL, PR_SET_DUMPABLE, state.getDumpable());
        }
    }
}
