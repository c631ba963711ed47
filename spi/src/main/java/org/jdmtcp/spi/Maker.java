package org.jdmtcp.spi;

import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * A short-lived process of chosen ids. The kernel notes with some objects who made them (the credentials of a socket's peer, the
 * sender of a message), and the agent would be the wrong one. It ends when all open files are made; the numbers in those notes
 * stay. Used on the engine's thread.
 */
public interface Maker {
    /** System calls in the process. */
    RemoteBatch batch();

    /** Gives the process a descriptor of an open file of the agent, close-on-exec. @return its number there */
    int give(Fd file);

    /** Takes a descriptor out of the process: it is closed there. @return the agent's, owned by the caller */
    Fd take(int number);
}
