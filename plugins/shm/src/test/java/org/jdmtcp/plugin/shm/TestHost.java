package org.jdmtcp.plugin.shm;

import static org.mockito.Mockito.mock;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.view.HostContext;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.ThreadView;

/** A computation of one process, this one, at a checkpoint and at a restart. */
final class TestHost implements HostView, HostContext, ProcessView {
    final List<String> warnings = new ArrayList<>();
    final List<byte[]> contents = new ArrayList<>();
    int pid = ProcessCalls.self();

    @Override
    public ProcessView process() {
        return this;
    }

    @Override
    public List<ProcessView> processes() {
        return List.of(this);
    }

    @Override
    public boolean hasOwnIpcNamespace() {
        return false;
    }

    @Override
    public long keepContents(final Fd file, final long size) {
        try (file;
                Arena arena = Arena.ofConfined()) {
            final MemorySegment all = arena.allocate(size);
            FileCalls.readFully(file, all, 0);
            contents.add(all.toArray(ValueLayout.JAVA_BYTE));
            return contents.size() - 1L;
        }
    }

    @Override
    public void writeContents(final long contentsId, final Fd into) {
        try (Arena arena = Arena.ofConfined()) {
            final byte[] bytes = contents.get((int) contentsId);
            FileCalls.truncate(into, bytes.length);
            FileCalls.writeFully(into, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes), 0);
        }
    }

    @Override
    public void writeContents(final long contentsId, final long address) {
        final byte[] bytes = contents.get((int) contentsId);
        MemorySegment.copy(
                bytes,
                0,
                MemorySegment.ofAddress(address).reinterpret(bytes.length),
                ValueLayout.JAVA_BYTE,
                0,
                bytes.length);
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

    @Override
    public Fd standardStream(final int number) {
        throw new AssertionError("standard stream " + number);
    }

    @Override
    public ClockTimes clocksAtCheckpoint() {
        return ClockTimes.now();
    }

    @Override
    public void warn(final String message) {
        warnings.add(message);
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public int ownPid() {
        return pid;
    }

    @Override
    public String command() {
        return "test";
    }

    @Override
    public RemoteBatch batch() {
        return new LocalBatch();
    }

    // A JVM has many.
    @Override
    public List<ThreadView> threads() {
        return List.of(mock(ThreadView.class), mock(ThreadView.class));
    }

    @Override
    public List<byte[]> pendingSignals() {
        return List.of();
    }
}
