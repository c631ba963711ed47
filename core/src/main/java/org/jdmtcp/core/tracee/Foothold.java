package org.jdmtcp.core.tracee;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jdmtcp.core.x86_64.FootholdCode;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Room for a little code of ours in a process that has no memory of ours yet: what is left of the last page of its [vdso], which
 * every process has, may be executed, and holds nothing behind the end of the kernel's image. The page becomes the process's own
 * by that, as it does when a debugger sets a breakpoint there.
 *
 * <p>The other way, a {@code syscall} instruction that is there already, is not fail-safe: if the agent dies during the call, the
 * thread goes on behind that instruction with the registers of our call.
 */
final class Foothold implements BareCall {
    /** The code may lie there still of an agent that was killed; then there is room beside it. */
    private static final int ALIGNMENT = 16;

    private final Tracee thread;
    private final long address;
    private final long caught;
    private int signal;
    private boolean used;

    private Foothold(final Tracee thread, final long address, final long caught) {
        this.thread = thread;
        this.address = address;
        this.caught = caught;
    }

    /**
     * Looks for room.
     *
     * @param start address of the [vdso] mapping
     * @param end address behind it
     * @param caught signals that have a handler, bit N-1 for signal N
     * @return empty where the kernel's image fills its last page, or the kernel lets nobody write there
     */
    static Optional<Foothold> find(final Tracee thread, final long start, final long end, final long caught) {
        final int size = (int) Math.min(end - start, 4 * (FootholdCode.SIZE + ALIGNMENT));
        final byte[] tail = new byte[size];
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment bytes = arena.allocate(size, ALIGNMENT);
            MemoryCalls.read(thread.tid(), end - size, bytes);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, tail, 0, size);
        }
        int free = size;
        while (free > 0 && tail[free - 1] == 0) {
            free--;
        }
        final long address = (end - size + free + ALIGNMENT - 1) & -ALIGNMENT;
        if (address + FootholdCode.SIZE > end) {
            return Optional.empty();
        }
        final Foothold foothold = new Foothold(thread, address, caught);
        return foothold.write(new byte[FootholdCode.SIZE]) ? Optional.of(foothold) : Optional.empty();
    }

    private boolean write(final byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            return MemoryCalls.writeForced(thread.tid(), address, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes));
        }
    }

    private void mustWrite(final byte[] bytes) {
        if (!write(bytes)) {
            thread.currentRegisters(); // which throws if it has died
            throw new IllegalStateException("the vdso of process " + thread.ownPid() + " cannot be written any more");
        }
    }

    @Override
    public void start(final SystemCall call, final long... arguments) {
        used = true;
        mustWrite(FootholdCode.code(thread.registersAnew(), thread.signalMask()));
        signal = EndSignal.choose(caught, thread.pendingMask());
        thread.start(
                FootholdCode.enter(
                        thread.registers(),
                        address,
                        call.number(),
                        arguments,
                        thread.ownPid(),
                        thread.ownTid(),
                        signal),
                signal,
                address + FootholdCode.END_OFFSET);
    }

    @Override
    public long finish() {
        if (thread.proceed().isPresent()) {
            throw new IllegalStateException("an unexpected event during a call");
        }
        return FootholdCode.result(thread.currentRegisters());
    }

    @Override
    public void leave() {
        if (used) {
            mustWrite(new byte[FootholdCode.SIZE]);
            used = false;
        }
    }
}
