package org.jdmtcp.spi.view;

import org.jdmtcp.spi.linux.SystemCall;

/**
 * System calls that a stopped process executes itself, all in one go. Fill it, {@link #run} it once, read the results.
 * Addresses are the process's. Used on the engine's thread; do not add calls that sleep.
 */
public interface RemoteBatch {
    /** Adds a call whose failure is for the caller to judge. @return its index, for {@link #result} */
    int add(SystemCall call, long... arguments);

    /** Adds a call that must succeed: a failure ends the batch there and makes {@link #run} throw. @return its index */
    int must(SystemCall call, long... arguments);

    /** Puts bytes into the process, aligned to 16, for the time of the batch. @return their address in the process */
    long put(byte[] bytes);

    /** Puts a byte string with a closing NUL into the process. @return its address in the process */
    long putString(String byteString);

    /** Room for results, zeroed, aligned to 16. @return its address in the process */
    long room(int size);

    /**
     * Has the process execute the calls.
     *
     * @return this
     * @throws org.jdmtcp.spi.linux.LinuxException with the errno of a {@link #must} call, or ESRCH where the process died
     */
    RemoteBatch run();

    /** The kernel's result of a call after {@link #run}: a value, or minus errno. */
    long result(int index);

    /** Bytes of the process's batch memory after {@link #run}: what calls wrote to {@link #room}. */
    byte[] bytes(long address, int size);
}
