package org.jdmtcp.plugin.timer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/** Executes the calls in this very process. */
class LocalBatch implements RemoteBatch {
    private record Call(SystemCall call, long[] arguments, boolean must) {}

    private final Arena arena = Arena.ofAuto();
    private final List<Call> calls = new ArrayList<>();
    private final List<Long> results = new ArrayList<>();

    @Override
    public int add(final SystemCall call, final long... arguments) {
        calls.add(new Call(call, java.util.Arrays.copyOf(arguments, 6), false));
        return calls.size() - 1;
    }

    @Override
    public int must(final SystemCall call, final long... arguments) {
        calls.add(new Call(call, java.util.Arrays.copyOf(arguments, 6), true));
        return calls.size() - 1;
    }

    @Override
    public long put(final byte[] bytes) {
        final MemorySegment segment = arena.allocate(Math.max(1, bytes.length), 16);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment.address();
    }

    @Override
    public long putString(final String byteString) {
        return arena.allocateFrom(byteString, StandardCharsets.ISO_8859_1).address();
    }

    @Override
    public long room(final int size) {
        return arena.allocate(size, 16).address();
    }

    @Override
    public RemoteBatch run() {
        for (final Call c : calls) {
            final long[] a = c.arguments();
            final long result = Linux.raw(c.call(), a[0], a[1], a[2], a[3], a[4], a[5]);
            if (c.must() && Errno.isError(result)) {
                throw new LinuxException(c.call().kernelName(), (int) -result);
            }
            results.add(result);
        }
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
