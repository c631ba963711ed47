package org.jdmtcp.plugin.fd;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdmtcp.plugin.fd.FileLocksState.Lock;
import org.jdmtcp.plugin.fd.FileLocksState.Type;
import org.jdmtcp.spi.Refusal;

/** Locks as the kernel writes and takes them. */
final class FileLock {
    /** {@code 1: POSIX  ADVISORY  WRITE 812 fe:00:2146315 5 14}: {@code fs/locks.c}, lock_get_status. */
    private static final Pattern LINE =
            Pattern.compile("\\d+: (\\S+)\\s+(\\S+)\\s+(\\S+)\\s+-?\\d+ \\S+ (\\d+) (\\d+|EOF)");

    private FileLock() {}

    /**
     * Reads a line of fdinfo.
     *
     * @param number the descriptor
     * @param whose the descriptor in words
     * @throws Refusal where such a lock cannot be restored
     */
    static Lock parse(final String line, final int number, final String whose) {
        final Matcher lock = LINE.matcher(line);
        if (!lock.matches()) {
            throw new Refusal(
                    whose + " holds a lock that is not known here (" + line + "); checkpoint when it is released");
        }
        final Type type = switch (lock.group(1)) {
            case "POSIX" -> Type.RECORD;
            case "OFDLCK" -> Type.OPEN_FILE;
            case "FLOCK" -> Type.FLOCK;
            case "LEASE" -> Type.LEASE;
            default ->
                throw new Refusal(whose + " holds a " + lock.group(1)
                        + " lock, which cannot be restored; checkpoint when it is released");
        };
        if (type == Type.LEASE && !lock.group(2).equals("ACTIVE")) {
            throw new Refusal(
                    whose + " has a lease that somebody waits for: checkpoint when the program has given it up");
        }
        final long start = Long.parseLong(lock.group(4));
        final boolean open = lock.group(5).equals("EOF");
        return Lock.newBuilder()
                .setType(type)
                .setNumber(number)
                .setWrite(lock.group(3).equals("WRITE"))
                .setStart(start)
                .setLength(open ? 0 : Long.parseLong(lock.group(5)) - start + 1)
                .build();
    }

    /** The lock in words: {@code a write lock on bytes 5 to 14}. */
    static String describe(final Lock lock) {
        final String kind = lock.getWrite() ? "write" : "read";
        return switch (lock.getType()) {
            case LEASE -> "a " + kind + " lease";
            case FLOCK -> lock.getWrite() ? "an exclusive flock" : "a shared flock";
            case RECORD, OPEN_FILE, UNRECOGNIZED ->
                "a " + kind + " lock on "
                        + (lock.getLength() == 0
                                ? "everything from byte " + lock.getStart()
                                : "bytes " + lock.getStart() + " to " + (lock.getStart() + lock.getLength() - 1));
        };
    }
}
