package org.jdmtcp.spi.view;

import java.util.List;
import org.jdmtcp.spi.linux.Fd;

/** The computation's processes on this host, all of them stopped, and the namespaces that they are in. */
public interface HostView {
    /** The processes, parents first. */
    List<ProcessView> processes();

    /** Whether the processes are in an IPC namespace that a restart made for them: then all that is in it is theirs. */
    boolean hasOwnIpcNamespace();

    /**
     * Keeps a file's whole contents in the image. It is read before the program goes on.
     *
     * @param file with the contents, readable; the engine's from now on
     * @param size bytes
     * @return an id for {@link org.jdmtcp.spi.RestoreContext#writeContents}
     */
    long keepContents(Fd file, long size);
}
