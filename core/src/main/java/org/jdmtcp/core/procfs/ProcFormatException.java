package org.jdmtcp.core.procfs;

/** The text of a {@code /proc} file is not what this package knows: cut short, or written by a kernel that changed it. */
public final class ProcFormatException extends RuntimeException {
    ProcFormatException(String file, int offset, String expected, String found) {
        super(
                "/proc file '" + file + "': expected " + expected + " at byte " + offset + " but found " + found
                        + "; either the process ended while it was read, or this kernel writes the file in a way not known here");
    }
}
