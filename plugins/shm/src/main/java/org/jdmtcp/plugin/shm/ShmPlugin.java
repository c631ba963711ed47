package org.jdmtcp.plugin.shm;

import java.util.List;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Plugin;

/** Restores shared memory that the engine does not find behind a name or a descriptor. */
public final class ShmPlugin implements Plugin {
    @Override
    public String id() {
        return "shm";
    }

    @Override
    public List<MappingKind<?>> mappings() {
        return List.of(new SharedMemory(), new MemoryFile(), new NamelessFile());
    }
}
