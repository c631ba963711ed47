package org.jdmtcp.core.procfs;

/** {@code /proc/PID/task/TID/syscall}: what a thread is doing in the kernel. */
public sealed interface Syscall {
    /** On a processor or ready for one: nothing is known. */
    record Running() implements Syscall {}

    /** Asleep in the kernel, but not in a system call (a page fault, a stop). */
    record Blocked(long sp, long pc) implements Syscall {}

    /** In a system call; the arguments are what the registers held at its entry. */
    record Inside(long number, long arg0, long arg1, long arg2, long arg3, long arg4, long arg5, long sp, long pc)
            implements Syscall {}

    static Syscall read(int pid, int tid) {
        return parse(ProcFile.read(ProcDir.of(pid, tid), "syscall"));
    }

    static Syscall parse(byte[] text) {
        return parse(new ByteText("syscall", text));
    }

    private static Syscall parse(ByteText text) {
        if (text.peek() == 'r') {
            text.expect("running\n");
            return new Running();
        }
        long number = text.dec();
        long[] words = new long[number < 0 ? 2 : 8];
        for (int i = 0; i < words.length; i++) {
            text.expect(' ');
            words[i] = text.prefixedHex();
        }
        text.expect('\n');
        return number < 0
                ? new Blocked(words[0], words[1])
                : new Inside(number, words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]);
    }
}
