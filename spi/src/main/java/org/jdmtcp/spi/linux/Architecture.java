package org.jdmtcp.spi.linux;

import java.util.Arrays;
import org.jdmtcp.spi.linux.x86_64.X86SystemCalls;

/** The processor architecture, as far as the system call interface depends on it. */
public enum Architecture {
    /** AMD64, 64-bit programs. */
    X86_64;

    private static final Architecture CURRENT = detect();

    private final int[] numbers = new int[SystemCall.values().length];

    Architecture() {
        Arrays.fill(numbers, -1);
        for (final SystemCall call : SystemCall.values()) {
            numbers[call.ordinal()] = X86SystemCalls.number(call);
        }
    }

    /** The architecture of this JVM. */
    public static Architecture current() {
        return CURRENT;
    }

    /** The number of a system call. */
    public int number(final SystemCall call) {
        return numbers[call.ordinal()];
    }

    private static Architecture detect() {
        final String name = System.getProperty("os.arch", "");
        if (name.equals("amd64") || name.equals("x86_64")) {
            return X86_64;
        }
        // A guessed system call number could destroy data: better no start at all.
        throw new IllegalStateException("this processor architecture is not supported: " + name
                + "; jdmtcp knows the system calls of x86-64 (amd64) only");
    }
}
