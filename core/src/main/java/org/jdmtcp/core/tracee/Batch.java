package org.jdmtcp.core.tracee;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.core.x86_64.Gadget;
import org.jdmtcp.core.x86_64.SignalFrame;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jspecify.annotations.Nullable;

/**
 * A list of system calls that a stopped thread executes in one round trip.
 *
 * <p>Memory of a slot: signal frame, records, data. All of it is prepared here, copied to the process at once, and copied
 * back after the run.
 */
public final class Batch implements RemoteBatch {
    private static final int FRAME_ROOM = 16 << 10;
    private static final int ALIGNMENT = 16;
    private static final int FRAME_ALIGNMENT = 64;

    private final Scratch scratch;
    private final Tracee thread;
    private final long slot;
    private final int room;
    private final List<Call> calls = new ArrayList<>();
    /** The first call of the child that a call makes, both by index. */
    private final Map<Integer, Integer> children = new HashMap<>();

    private ByteBuffer data = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    private int dataSize;
    private ByteBuffer records = ByteBuffer.allocate(0);
    private byte[] frame = {};
    private int parentsCalls = -1;

    private record Call(
            SystemCall call,
            long[] arguments,
            int flags,
            @Nullable Feed feed) {

        boolean must() {
            return (flags & Gadget.FLAG_MUST) != 0;
        }
    }

    private record Feed(int target, int argument) {}

    Batch(final Scratch scratch, final Tracee thread, final long slot, final int room) {
        this.scratch = scratch;
        this.thread = thread;
        this.slot = slot;
        this.room = room;
    }

    @Override
    public int add(final SystemCall call, final long... arguments) {
        calls.add(new Call(call, arguments, 0, null));
        return calls.size() - 1;
    }

    @Override
    public int must(final SystemCall call, final long... arguments) {
        calls.add(new Call(call, arguments, Gadget.FLAG_MUST, null));
        return calls.size() - 1;
    }

    /**
     * As {@link #must}, and the result becomes an argument of another call.
     *
     * @param target index of that call
     * @param argument of it, 0 to 5
     */
    public int mustFeed(final int target, final int argument, final SystemCall call, final long... arguments) {
        calls.add(new Call(call, arguments, Gadget.FLAG_MUST, new Feed(target, argument)));
        return calls.size() - 1;
    }

    /** As {@link #mustFeed}, but an error, which the other call gets then, does not end the batch. */
    public int feed(final int target, final int argument, final SystemCall call, final long... arguments) {
        calls.add(new Call(call, arguments, 0, new Feed(target, argument)));
        return calls.size() - 1;
    }

    /**
     * The calls that are added from here on are made by a child, which nobody traces, and not by the thread itself. The last of
     * them must not return; none may be a must-call. Results of a child that shares the memory are there if the batch waits for
     * its end.
     *
     * @param call index of the call that makes it, a {@code clone(2)} of this batch
     */
    public void inChild(final int call) {
        final Call maker = calls.get(call);
        calls.set(call, new Call(maker.call, maker.arguments, maker.flags | Gadget.FLAG_MAKES_CHILD, maker.feed));
        children.put(call, calls.size());
        parentsCalls = parentsCalls < 0 ? calls.size() : parentsCalls;
    }

    /** Number of calls so far. */
    public int size() {
        return calls.size();
    }

    @Override
    public long put(final byte[] bytes) {
        final long address = room(bytes.length);
        data.put((int) (address - dataAddress()), bytes);
        return address;
    }

    @Override
    public long putString(final String byteString) {
        final byte[] bytes = byteString.getBytes(StandardCharsets.ISO_8859_1);
        return put(Arrays.copyOf(bytes, bytes.length + 1));
    }

    // Data stands before the records, whose number is not known yet.
    private long dataAddress() {
        return slot + FRAME_ROOM;
    }

    @Override
    public long room(final int size) {
        final int at = dataSize;
        dataSize = Math.addExact(at, (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        if (dataSize > room - FRAME_ROOM) {
            throw new IllegalArgumentException("a batch of " + dataSize + " bytes of data does not fit into " + room);
        }
        if (dataSize > data.capacity()) {
            data = ByteBuffer.wrap(Arrays.copyOf(data.array(), Math.max(dataSize, 2 * data.capacity())))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
        return dataAddress() + at;
    }

    /**
     * Makes the end fail-safe: should the agent die while the batch runs, the thread goes on from these registers.
     *
     * @return this
     */
    public Batch failSafe(final byte[] extendedState) {
        final long address = frameAddress();
        frame = SignalFrame.bytes(address, thread.registersAnew(), extendedState, thread.signalMask());
        if (frame.length > FRAME_ROOM - FRAME_ALIGNMENT) {
            throw new IllegalStateException(
                    "the processor's extended state of " + extendedState.length + " bytes is larger than expected");
        }
        return this;
    }

    private long frameAddress() {
        return slot;
    }

    @Override
    public Batch run() {
        if (calls.isEmpty()) {
            return this;
        }
        start();
        finish();
        return this;
    }

    /** Waits for the end of a batch that was started and makes no traced children. @throws LinuxException of a must-call */
    public void finish() {
        if (proceed().isPresent()) {
            throw new IllegalStateException("a batch without fork or clone reported such an event");
        }
    }

    /** Copies the batch to the process and sets it going. */
    public void start() {
        if (calls.isEmpty()) {
            throw new IllegalStateException("an empty batch");
        }
        writeRecords();
        copyIn();
        final int signal = scratch.endSignal(thread);
        thread.start(
                Gadget.enter(
                        thread.registers(),
                        scratch.base(),
                        recordsAddress(),
                        parentsCalls < 0 ? calls.size() : parentsCalls,
                        thread.ownPid(),
                        thread.ownTid(),
                        signal,
                        frameAddress()),
                signal,
                scratch.base() + Gadget.END_OFFSET);
    }

    /**
     * Waits for the end.
     *
     * @return an event that the thread stopped for in the middle, such as the clone of a child: deal with it, then call
     *     {@link #resume} and this again; empty at the end, and results are there
     * @throws LinuxException with the errno of a must-call
     */
    public Optional<Stop.Event> proceed() {
        final Optional<Stop.Event> event = thread.proceed();
        if (event.isPresent()) {
            return event;
        }
        copyOut();
        checkMusts();
        return Optional.empty();
    }

    /** As {@link #proceed}, for a batch that ends the thread; empty when it has ended. */
    public Optional<Stop.Event> proceedToExit() {
        try {
            return proceed();
        } catch (final TraceeGoneException e) {
            return Optional.empty();
        }
    }

    /** Lets the thread run on after an event. */
    public void resume() {
        thread.resume();
    }

    private long recordsAddress() {
        return dataAddress() + dataSize;
    }

    private void writeRecords() {
        records = ByteBuffer.allocate(calls.size() * Gadget.RECORD_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        if (dataSize + records.capacity() > room - FRAME_ROOM) {
            throw new IllegalStateException("a batch of " + calls.size() + " calls does not fit");
        }
        for (int i = 0; i < calls.size(); i++) {
            final Call call = calls.get(i);
            final Integer child = children.get(i);
            Gadget.record(
                    records,
                    i * Gadget.RECORD_SIZE,
                    call.call.number(),
                    call.arguments,
                    call.flags,
                    child == null ? 0 : recordsAddress() + (long) child * Gadget.RECORD_SIZE);
            final Feed feed = call.feed;
            if (feed != null) {
                records.putLong(
                        i * Gadget.RECORD_SIZE + Gadget.RECORD_STORE,
                        recordsAddress()
                                + (long) feed.target * Gadget.RECORD_SIZE
                                + Gadget.RECORD_ARGUMENTS
                                + 8L * feed.argument);
            }
        }
    }

    private void copyIn() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment bytes = arena.allocate(dataSize + (long) records.capacity(), 8);
            MemorySegment.copy(MemorySegment.ofArray(data.array()), 0, bytes, 0, dataSize);
            MemorySegment.copy(MemorySegment.ofArray(records.array()), 0, bytes, dataSize, records.capacity());
            MemoryCalls.write(thread.tid(), dataAddress(), bytes);
            if (frame.length > 0) {
                final MemorySegment f = arena.allocate(frame.length, 8);
                f.copyFrom(MemorySegment.ofArray(frame));
                MemoryCalls.write(thread.tid(), frameAddress(), f);
            }
        }
    }

    private void copyOut() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment bytes = arena.allocate(dataSize + (long) records.capacity(), 8);
            MemoryCalls.read(thread.tid(), dataAddress(), bytes);
            MemorySegment.copy(bytes, 0, MemorySegment.ofArray(data.array()), 0, dataSize);
            MemorySegment.copy(bytes, dataSize, MemorySegment.ofArray(records.array()), 0, records.capacity());
        }
    }

    private void checkMusts() {
        for (int i = 0; i < calls.size(); i++) {
            final Call call = calls.get(i);
            final long result = result(i);
            if (call.must() && (Errno.isError(result) || result == Gadget.NOT_RUN)) {
                throw new LinuxException(
                        call.call.kernelName() + arguments(call) + " in process " + thread.ownPid(), (int) -result);
            }
        }
    }

    private static String arguments(final Call call) {
        final StringBuilder text = new StringBuilder("(");
        for (final long argument : call.arguments) {
            text.append(text.length() > 1 ? ", " : "");
            text.append(argument >= -1 && argument < 4096 ? argument : "0x" + Long.toHexString(argument));
        }
        return text.append(')').toString();
    }

    @Override
    public long result(final int index) {
        return records.getLong(index * Gadget.RECORD_SIZE + Gadget.RECORD_RESULT);
    }

    @Override
    public byte[] bytes(final long address, final int size) {
        final int at = (int) (address - dataAddress());
        return Arrays.copyOfRange(data.array(), at, at + size);
    }

    /** Results as a buffer, in the process's byte order. */
    public ByteBuffer buffer(final long address, final int size) {
        return ByteBuffer.wrap(bytes(address, size)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
