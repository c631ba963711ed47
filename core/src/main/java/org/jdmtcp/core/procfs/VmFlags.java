package org.jdmtcp.core.procfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * The flags of one mapping.
 *
 * @param bits one bit per {@link VmFlag}, at its ordinal; not the kernel's bit numbers, and not to be stored
 * @param unknown mnemonics that this class does not know, separated by blanks; empty in the normal case
 */
public record VmFlags(long bits, String unknown) {
    public static final VmFlags NONE = new VmFlags(0, "");

    public boolean has(VmFlag flag) {
        return (bits & 1L << flag.ordinal()) != 0;
    }

    /** Flags by their mnemonics, as in {@code "rd wr mr mw me ac"}. */
    public static VmFlags parse(String mnemonics) {
        return parse(new ByteText("smaps", (mnemonics + '\n').getBytes(ISO_8859_1)));
    }

    /** Takes the rest of a line. */
    static VmFlags parse(ByteText text) {
        long bits = 0;
        StringBuilder unknown = new StringBuilder();
        text.skipBlanks();
        while (text.peek() != '\n') {
            int first = text.next();
            int second = text.next();
            VmFlag flag = VmFlag.of(first, second);
            if (flag != null) {
                bits |= 1L << flag.ordinal();
            } else {
                unknown.append(unknown.isEmpty() ? "" : " ")
                        .append((char) first)
                        .append((char) second);
            }
            text.skipBlanks();
        }
        text.expect('\n');
        return new VmFlags(bits, unknown.toString());
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (VmFlag flag : VmFlag.values()) {
            if (has(flag)) {
                out.append(out.isEmpty() ? "" : " ").append(flag.mnemonic());
            }
        }
        return (unknown.isEmpty() ? out : out.append(' ').append(unknown))
                .toString()
                .strip();
    }
}
