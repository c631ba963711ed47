package org.jdmtcp.core.procfs;

/** {@code /proc/sys/kernel/random/boot_id}: a UUID that every boot of a host has to itself; containers share their host's. */
public final class BootId {
    private BootId() {}

    public static String read() {
        return parse(ProcFile.readGlobal("/proc/sys/kernel/random/boot_id"));
    }

    public static String parse(byte[] text) {
        return parse(new ByteText("boot_id", text));
    }

    static String parse(ByteText text) {
        return text.line();
    }
}
