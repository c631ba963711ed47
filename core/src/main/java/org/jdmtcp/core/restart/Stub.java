package org.jdmtcp.core.restart;

import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.core.procfs.MappingKind;
import org.jdmtcp.core.procfs.Maps;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.Scratch;
import org.jdmtcp.core.tracee.Stop;
import org.jdmtcp.core.tracee.StubProcess;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.x86_64.Vdso;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SystemCall;

/** The process from which all others of a restart are cloned. */
final class Stub {
    private static final int RWX = MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE | MemoryCalls.PROT_EXEC;
    private static final int PLACED = MemoryCalls.MAP_PRIVATE
            | MemoryCalls.MAP_ANONYMOUS
            | MemoryCalls.MAP_NORESERVE
            | MemoryCalls.MAP_FIXED_NOREPLACE;
    static final int OPTIONS = Ptrace.PTRACE_O_TRACESYSGOOD
            | Ptrace.PTRACE_O_TRACEFORK
            | Ptrace.PTRACE_O_TRACEVFORK
            | Ptrace.PTRACE_O_TRACECLONE
            | Ptrace.PTRACE_O_EXITKILL;

    private Stub() {}

    /** Starts a stub and maps our memory in it. It dies with the agent. */
    static Newborn start(final Ptrace ptrace, final Layout layout) {
        final int pid = StubProcess.spawn();
        Linux.check(ptrace.seize(pid, OPTIONS), "ptrace(PTRACE_SEIZE, stub " + pid + ")");
        ptrace.interrupt(pid);
        while (!(ptrace.await(pid) instanceof Stop.Event)) {
            ptrace.resume(pid, 0);
        }
        final Tracee tracee = new Tracee(ptrace, pid, pid, pid, pid);
        final long instruction = instruction(pid);
        Linux.check(
                tracee.systemCall(instruction, SystemCall.MMAP, layout.hole(), Layout.SIZE, RWX, PLACED, -1, 0),
                "mmap of the restart's memory");
        Scratch.at(tracee, instruction, layout.hole()).writeCode();
        return new Newborn(ptrace, tracee, layout, instruction, "stub");
    }

    /** Address of a syscall instruction in a process, by its vdso. */
    static long instruction(final int pid) {
        for (final Mapping mapping : Maps.read(pid).mappings()) {
            if (mapping.kind() == MappingKind.VDSO) {
                return Vdso.systemCallInstruction(pid, mapping.start(), mapping.length());
            }
        }
        throw new org.jdmtcp.spi.Refusal("this kernel gives processes no vdso: a restart is not possible here");
    }
}
