package org.jdmtcp.plugin.shm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/** A batch whose calls this very process makes. */
final class LocalBatch implements RemoteBatch {
    private final Arena memory = Arena.ofAuto();
    private final List<Runnable> calls = new ArrayList<>();
    private final List<Long> results = new ArrayList<>();

    @Override
    public int add(final SystemCall call, final long... arguments) {
        return later(call, arguments, false);
    }

    @Override
    public int must(final SystemCall call, final long... arguments) {
        return later(call, arguments, true);
    }

    private int later(final SystemCall call, final long[] arguments, final boolean must) {
        final long[] a = Arrays.copyOf(arguments, 6);
        calls.add(() -> {
            final long result = Linux.raw(call, a[0], a[1], a[2], a[3], a[4], a[5]);
            results.add(must ? Linux.check(result, call.kernelName()) : result);
        });
        return calls.size() - 1;
    }

    @Override
    public long put(final byte[] bytes) {
        final MemorySegment copy = memory.allocate(bytes.length + 1L, 16);
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return copy.address();
    }

    @Override
    public long putString(final String byteString) {
        return Linux.cString(memory, byteString).address();
    }

    @Override
    public long room(final int size) {
        return memory.allocate(Math.max(1, size), 16).address();
    }

    @Override
    public RemoteBatch run() {
        calls.forEach(Runnable::run);
        return this;
    }

    @Override
    public long result(final int index) {
        return results.get(index);
    }

    @Override
    public byte[] bytes(final long address, final int size) {
        return MemorySegment.ofAddress(address).reinterpret(size).toArray(ValueLayout.JAVA_BYTE);
    }
}
