package org.jdmtcp.spi.view;

import java.util.List;
import org.jdmtcp.spi.RestoreContext;

/** What a plugin may ask for while it makes what belongs to the host. Used on the engine's thread. */
public interface HostContext extends RestoreContext {
    /**
     * A process in the namespaces of those to come, from which they are all cloned. Its {@link ProcessView#batch} works, its
     * mappings are gone in the end, and so are its descriptors unless the agent took them.
     */
    ProcessView process();

    /** The processes of the restart, parents first; none before they are made. */
    List<ProcessView> processes();

    /** Writes contents that were kept into the memory of {@link #process}, from that address on. */
    void writeContents(long contentsId, long address);
}
