package org.jdmtcp.core.tracee;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.core.x86_64.Gadget;
import org.jdmtcp.core.x86_64.Vdso;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * Memory of ours in a stopped process: the gadget's code, and slots for batches. Only pages that are touched cost anything.
 * Closing it unmaps it again.
 */
public final class Scratch implements AutoCloseable {
    /** Bytes of the whole. */
    public static final long SIZE = 4L << 20;
    /** Bytes of one slot. */
    static final int SLOT_SIZE = 64 << 10;
    /** How many batches can run in one process at the same time. */
    public static final int SLOTS = (int) (SIZE / 2 / SLOT_SIZE) - 1;

    private static final long LARGE_SLOT = SIZE / 2;
    private static final int RWX = MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE | MemoryCalls.PROT_EXEC;

    private final Tracee owner;
    private final long instruction;
    private final long caught;
    /** What maps and unmaps it; null where that is somebody else's affair. */
    private final @Nullable BareCall bare;

    private boolean mapping;
    private boolean unmapping;
    private long base;

    private Scratch(
            final Tracee owner,
            final long instruction,
            final long base,
            final long caught,
            final @Nullable BareCall bare) {
        this.owner = owner;
        this.instruction = instruction;
        this.base = base;
        this.caught = caught;
        this.bare = bare;
    }

    /**
     * Begins to map scratch memory wherever the kernel finds room. The first use waits for it, so that many processes can be at it
     * at the same time.
     *
     * @param owner the thread that makes the call
     * @param vdso the process's [vdso] mapping
     * @param caught signals that have a handler, bit N-1 for signal N
     */
    public static Scratch map(final Tracee owner, final Mapping vdso, final long caught) {
        final BareCall call = Foothold.find(owner, vdso.start(), vdso.end(), caught)
                .<BareCall>map(foothold -> foothold)
                .orElseGet(() -> new BareCall.OnInstruction(
                        owner, Vdso.systemCallInstruction(owner.tid(), vdso.start(), vdso.length())));
        final Scratch scratch = new Scratch(owner, 0, 0, caught, call);
        scratch.mapping = true;
        call.start(
                SystemCall.MMAP,
                0,
                SIZE,
                RWX,
                MemoryCalls.MAP_PRIVATE | MemoryCalls.MAP_ANONYMOUS | MemoryCalls.MAP_NORESERVE,
                -1,
                0);
        return scratch;
    }

    /** Uses memory that the process has already, such as what it inherited from the process that it was cloned from. */
    public static Scratch at(final Tracee owner, final long instruction, final long base) {
        return new Scratch(owner, instruction, base, 0, null);
    }

    /** Uses the same memory through another thread. */
    public Scratch through(final Tracee other) {
        return new Scratch(other, instruction, base(), caught, null);
    }

    /** Puts the gadget's code to the beginning. */
    public void writeCode() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment code = arena.allocateFrom(ValueLayout.JAVA_BYTE, Gadget.code());
            MemoryCalls.write(owner.tid(), base(), code);
        }
    }

    /** A batch with ample room for data, one at a time. */
    public Batch batch() {
        return new Batch(this, owner, base() + LARGE_SLOT, (int) (SIZE - LARGE_SLOT));
    }

    /** A batch in a slot of its own, so that several threads of the process may run theirs at the same time. */
    public Batch batch(final Tracee thread, final int slot) {
        return new Batch(this, thread, base() + (slot + 1L) * SLOT_SIZE, SLOT_SIZE);
    }

    /**
     * Address of the first byte.
     *
     * @throws org.jdmtcp.spi.linux.LinuxException ENOMEM where the process may not have more memory
     */
    public long base() {
        if (bare != null && mapping) {
            mapping = false;
            final long mapped = bare.finish();
            if (Errno.isError(mapped)) {
                leave(bare);
                throw new LinuxException(
                        "mmap of " + SIZE + " bytes of scratch memory in process " + owner.ownPid(), (int) -mapped);
            }
            base = mapped;
            writeCode();
        }
        return base;
    }

    /** Address of a syscall instruction. */
    public long instruction() {
        return instruction;
    }

    /** The signal that is to end a batch of the thread. */
    int endSignal(final Tracee thread) {
        return EndSignal.choose(caught, thread.pendingMask());
    }

    /** Begins to unmap it; {@link #close} waits for the end, so that many processes can be at it at the same time. */
    public void startClosing() {
        if (bare == null || unmapping) {
            return;
        }
        try {
            if (base() != 0) {
                // A batch may still be running, if something else has failed meanwhile.
                owner.settle();
                bare.start(SystemCall.MUNMAP, base, SIZE);
                unmapping = true;
            }
        } catch (final TraceeGoneException e) {
            gone();
        }
    }

    /** Unmaps it. A process that died has no memory to unmap. */
    @Override
    public void close() {
        startClosing();
        if (bare == null || !unmapping || base == 0) {
            return;
        }
        try {
            Linux.check(bare.finish(), "munmap of scratch memory");
            base = 0;
            leave(bare);
        } catch (final TraceeGoneException e) {
            gone();
        }
    }

    // Registers first: the thread stands in the code that is taken away then.
    private void leave(final BareCall call) {
        owner.restore();
        call.leave();
    }

    private void gone() {
        base = 0;
        owner.forget();
    }
}
