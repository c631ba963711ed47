package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.ProcessCalls;

/** Whether a running process can be taken in. */
final class Adoption {
    private Adoption() {}

    /** A pidfd of the process, which the caller owns. @throws Refusal where it cannot be taken in, and why */
    static Fd open(final int pid) {
        if (pid <= 0) {
            throw new Refusal(pid + " is no process id; look for the right one with ps");
        }
        final Fd process = ProcessCalls.pidFd(pid)
                .orElseThrow(() -> new Refusal("there is no process " + pid + "; look for the right one with ps"));
        try {
            refuseAncestors(pid);
            refuseOthers(pid);
            return process;
        } catch (final RuntimeException e) {
            process.close();
            throw e;
        }
    }

    // Who stops them would be stopped, too.
    private static void refuseAncestors(final int pid) {
        for (int at = ProcessCalls.self(); at > 1; at = Stat.read(at).ppid()) {
            if (at == pid) {
                throw new Refusal("process " + pid + " is "
                        + (at == ProcessCalls.self() ? "this very command" : "one that this command descends from")
                        + ", which cannot take itself in: do it from another terminal");
            }
        }
    }

    private static boolean isOthers(final int pid) {
        try (Arena arena = Arena.ofConfined()) {
            return MemoryCalls.readRaw(pid, 0, arena.allocate(1)) == -Errno.EPERM;
        }
    }

    // Reading its memory takes the right to trace it. A kernel thread has none, nor a zombie.
    private static void refuseOthers(final int pid) {
        final Status status = Status.read(pid);
        final String who = "process " + pid + " ("
                + new String(status.name().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8) + ")";
        if (isOthers(pid)) {
            final int own = ProcessCalls.effectiveUid();
            throw new Refusal(who + " may not be traced by this user: "
                    + (status.uid().real() != own
                            ? "it is of uid " + status.uid().real() + "; do it as that user, or as root"
                            : "see the kernel's kernel.yama.ptrace_scope, or do it as root"));
        }
        if (FileCalls.readLink("/proc/" + pid + "/exe").isEmpty()) {
            throw new Refusal(who + " is a kernel thread or has ended: only a running program can be taken in");
        }
    }
}
