package org.jdmtcp.core.tracee;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jdmtcp.core.x86_64.StubProgram;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Spawn;

/** A child of this process that does nothing, for our own purposes, and ends by itself should it be forgotten. */
public final class StubProcess {
    /** Its name, by which it is told from the user's programs. */
    public static final String NAME = "jdmtcp-stub";

    private StubProcess() {}

    /** Starts one. @return its pid */
    public static int spawn() {
        try (Fd program = FileCalls.memoryFile(NAME);
                Arena arena = Arena.ofConfined()) {
            final byte[] elf = StubProgram.elf();
            FileCalls.writeFully(program, arena.allocate(elf.length).copyFrom(MemorySegment.ofArray(elf)), 0);
            return Spawn.start("/proc/self/fd/" + program.number(), List.of(NAME), List.of(), 0, 0);
        }
    }
}
