package org.jdmtcp.plugin.timer;

import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.ThreadView;

/** This process, as the engine would show it; the thread that runs the test is its only one. */
final class TestProcess implements ProcessView, ThreadView, RestoreContext {
    final List<byte[]> pending = new ArrayList<>();
    boolean choosesTimerIds = true;

    @Override
    public int pid() {
        return ProcessCalls.self();
    }

    @Override
    public int ownPid() {
        return 4711;
    }

    @Override
    public int tid() {
        return ProcessCalls.selfThread();
    }

    @Override
    public int ownTid() {
        return tid();
    }

    @Override
    public String command() {
        return "test";
    }

    /** Where timer ids cannot be chosen, prctl does not know how. */
    @Override
    public RemoteBatch batch() {
        return choosesTimerIds
                ? new LocalBatch()
                : new LocalBatch() {
                    @Override
                    public int add(final SystemCall call, final long... arguments) {
                        return super.add(call, call == SystemCall.PRCTL ? new long[] {-1} : arguments);
                    }
                };
    }

    @Override
    public List<ThreadView> threads() {
        return List.of(this);
    }

    @Override
    public List<byte[]> pendingSignals() {
        return pending;
    }

    @Override
    public ClockTimes clocksAtCheckpoint() {
        return ClockTimes.now();
    }

    @Override
    public Fd standardStream(final int number) {
        throw new AssertionError("timers need no streams");
    }

    @Override
    public void writeContents(final long contentsId, final Fd into) {
        throw new AssertionError("timers have no contents");
    }

    @Override
    public void warn(final String message) {
        throw new AssertionError(message);
    }

    @Override
    public Fd openFile(final long id) {
        throw new AssertionError("open file " + id);
    }

    @Override
    public Maker maker(final int makerPid, final int uid, final int gid) {
        throw new AssertionError("nothing of this plugin needs a maker");
    }

    @Override
    public String terminalRoot() {
        return "";
    }

    @Override
    public RuntimeException taken(final String what) {
        return new IllegalStateException(what + " is taken");
    }
}
