package org.jdmtcp.plugin.fd;

import java.util.List;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Plugin;

/**
 * Restores the open files of the kernel's own making: files, directories, pipes, FIFOs, pseudo-terminals, devices
 * without state, standard streams, eventfd and epoll. Sockets and shared memory belong to other plugins.
 */
public final class FdPlugin implements Plugin {
    private Scratch scratch = new Scratch();

    @Override
    public String id() {
        return "fd";
    }

    @Override
    public List<DescriptorKind<?>> descriptors() {
        scratch.close();
        scratch = new Scratch();
        final Ptys ptys = new Ptys(scratch);
        return List.of(
                new StandardStream(),
                new PathOnly(),
                new ProcessFile(),
                new RegularFile(),
                new MemoryFile(scratch),
                new UnlinkedFile(scratch),
                new Directory(),
                new Pipe(scratch),
                new Fifo(scratch),
                new PtyMaster(ptys),
                new PtySlave(ptys),
                new CharacterDevice(),
                new EventFd(),
                new Epoll());
    }

    /** Gives up what was held open to make shared files once: every process has its own descriptors by then. */
    @Override
    public void on(final Event event) {
        switch (event) {
            case Event.Restart _, Event.Running _ -> scratch.close();
            case Event.Launch _,
                    Event.PreSuspend _,
                    Event.Suspended _,
                    Event.PreCheckpoint _,
                    Event.Resume _,
                    Event.Written _ -> {}
        }
    }
}
