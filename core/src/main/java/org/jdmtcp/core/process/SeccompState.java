package org.jdmtcp.core.process;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jdmtcp.core.process.message.ProcessState;
import org.jdmtcp.core.process.message.SeccompFilter;
import org.jdmtcp.core.process.message.ThreadState;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Seccomp filters of threads ({@code seccomp(2)}), and strict mode. They are read and set while they are suspended. Threads that have the
 * same filters get them together (TSYNC), so that they can be given further ones together, too.
 */
final class SeccompState {
    // linux/seccomp.h
    private static final int MODE_STRICT = 1;
    private static final int SET_MODE_FILTER = 1;
    private static final int FLAG_TSYNC = 1;
    private static final int FLAG_LOG = 2;
    private static final int RET_USER_NOTIF = 0x7fc0_0000;
    private static final int RET_ACTION = 0xffff_0000;
    private static final int PR_SET_SECCOMP = 22;

    /** {@code struct sock_filter} (linux/filter.h): u16 code at 0, u8 jt at 2, u8 jf at 3, u32 k at 4. */
    private static final int INSTRUCTION_SIZE = 8;

    private static final int BPF_RET_K = 6;
    /** {@code struct sock_fprog} (linux/filter.h): u16 len at 0, pointer at 8. */
    private static final int PROGRAM_SIZE = 16;

    private SeccompState() {}

    /** @throws Refusal where a filter asks a supervisor */
    static void capture(final Tracee thread, final Status status, final ThreadState.Builder into) {
        if (!thread.isSeccompSuspended()) {
            return;
        }
        into.setSeccompStrict(status.seccomp() == MODE_STRICT);
        for (final Ptrace.SeccompFilter filter : thread.seccompFilters()) {
            refuseSupervised(filter.program(), status);
            into.addSeccompFilters(SeccompFilter.newBuilder()
                    .setProgram(ByteString.copyFrom(filter.program()))
                    .setLog((filter.flags() & FLAG_LOG) != 0));
        }
    }

    private static void refuseSupervised(final byte[] program, final Status status) {
        final ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < program.length; at += INSTRUCTION_SIZE) {
            if (code.getShort(at) == BPF_RET_K && (code.getInt(at + 4) & RET_ACTION) == RET_USER_NOTIF) {
                throw new Refusal(status.name() + " (pid " + status.nsTgid().getLast()
                        + ") has a seccomp filter that asks a supervisor (SECCOMP_RET_USER_NOTIF), which cannot be"
                        + " restored; start the program without it");
            }
        }
    }

    /** Suspends what {@link #restore} will set. @throws Refusal where that is not permitted */
    static void suspend(final Tracee thread, final ThreadState state) {
        if (!isConfined(state)) {
            return;
        }
        try {
            thread.suspendSeccomp();
        } catch (final LinuxException e) {
            throw new Refusal(
                    "thread " + state.getTid() + " was confined by seccomp filters, which only root can restore: "
                            + e.getMessage() + "; restart as root, outside of containers and sandboxes",
                    e);
        }
    }

    private static boolean isConfined(final ThreadState state) {
        return state.getSeccompStrict() || state.getSeccompFiltersCount() > 0;
    }

    /** Adds the calls for one thread, before its credentials. In that thread, when all threads are there and suspended. */
    static void restore(final Batch batch, final ProcessState process, final ThreadState thread) {
        final List<SeccompFilter> filters = thread.getSeccompFiltersList();
        final boolean together = process.getThreadsList().stream()
                .allMatch(other -> other.getSeccompFiltersList().equals(filters) && !other.getSeccompStrict());
        final boolean first = process.getThreads(0).getTid() == thread.getTid();
        if (!together || first) {
            for (final SeccompFilter filter : filters) {
                final int flags = (together ? FLAG_TSYNC : 0) | (filter.getLog() ? FLAG_LOG : 0);
                batch.must(SystemCall.SECCOMP, SET_MODE_FILTER, flags, batch.put(program(batch, filter)));
            }
        }
        if (thread.getSeccompStrict()) {
            batch.must(SystemCall.PRCTL, PR_SET_SECCOMP, MODE_STRICT, 0, 0, 0);
        }
    }

    private static byte[] program(final Batch batch, final SeccompFilter filter) {
        final byte[] code = filter.getProgram().toByteArray();
        return ByteBuffer.allocate(PROGRAM_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(0, (short) (code.length / INSTRUCTION_SIZE))
                .putLong(8, batch.put(code))
                .array();
    }
}
