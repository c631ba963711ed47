package org.jdmtcp.core.restart;

import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.core.tracee.Scratch;
import org.jdmtcp.spi.Refusal;

/**
 * Where our own memory lies in reborn processes: scratch, and behind it room to park the vdso while everything else moves. The
 * same place in all of them, one that no mapping of any of them uses.
 *
 * @param hole the first address
 */
record Layout(long hole) {
    /** Bytes of scratch and parking place. */
    static final long SIZE = Scratch.SIZE + (1L << 20);

    private static final long FIRST = 0x10_0000_0000L;
    private static final long STEP = 1L << 30;
    private static final long LAST = 0x7000_0000_0000L;

    /** Where the vdso and its data are parked. */
    long parking() {
        return hole + Scratch.SIZE;
    }

    long end() {
        return hole + SIZE;
    }

    static Layout choose(final RestartImages images) {
        for (long address = FIRST; address < LAST; address += STEP) {
            if (isFree(images, address)) {
                return new Layout(address);
            }
        }
        throw new Refusal("the processes use so much address space that no place is left for the restart's own memory");
    }

    private static boolean isFree(final RestartImages images, final long address) {
        for (final RestartImage image : images.all()) {
            for (final MappingState mapping : image.process().getMemory().getMappingsList()) {
                if (mapping.getStart() < address + SIZE && address < mapping.getEnd()) {
                    return false;
                }
            }
        }
        return true;
    }
}
