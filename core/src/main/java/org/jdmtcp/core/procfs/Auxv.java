package org.jdmtcp.core.procfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/**
 * {@code /proc/PID/auxv}: the auxiliary vector of the process, of 64-bit words. See getauxval(3). Of a zombie it
 * is gone (ESRCH) or empty, as the kernel goes.
 */
public final class Auxv {
    private static final int WORD = Long.BYTES;

    private final byte[] raw;

    private Auxv(byte[] raw) {
        this.raw = raw;
    }

    public static Auxv read(int pid) {
        return new Auxv(ProcFile.read(ProcDir.of(pid), "auxv").copy());
    }

    public static Auxv parse(byte[] octets) {
        return new Auxv(octets.clone());
    }

    /** As the kernel keeps it, with the AT_NULL entry at the end; PR_SET_MM_AUXV takes it so. */
    public byte[] toByteArray() {
        return raw.clone();
    }

    /** The value of the first entry of this type (AT_ numbers of the kernel's include/uapi/linux/auxvec.h). */
    public OptionalLong value(long type) {
        ByteBuffer words = ByteBuffer.wrap(raw).order(ByteOrder.nativeOrder());
        for (int at = 0; at + 2 * WORD <= raw.length; at += 2 * WORD) {
            long found = words.getLong(at);
            if (found == type) {
                return OptionalLong.of(words.getLong(at + WORD));
            }
            if (found == 0) {
                break;
            }
        }
        return OptionalLong.empty();
    }
}
