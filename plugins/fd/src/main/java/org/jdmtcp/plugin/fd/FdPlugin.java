package org.jdmtcp.plugin.fd;

import java.util.List;
import org.jdmtcp.spi.Barrier;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Phase;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.Scope;

/**
 * Restores the open files of the kernel's own making: files, directories, pipes, FIFOs, pseudo-terminals, devices
 * without state, standard streams, eventfd, signalfd, pidfd, inotify, fanotify and epoll; and what hangs on open files of any
 * kind: locks, and who gets their signals. Sockets and shared memory belong to other plugins.
 */
public final class FdPlugin implements Plugin {
    private final WatchedFiles watchedFiles = new WatchedFiles();
    /** What is held while open files are made. */
    private Scratch scratch = new Scratch();
    /** What is held until the programs run. */
    private Scratch untilRunning = new Scratch();

    private PidFd pidFds = new PidFd(untilRunning);
    private Inotify inotify = new Inotify(watchedFiles, untilRunning);
    private Fanotify fanotify = new Fanotify(watchedFiles);

    @Override
    public String id() {
        return "fd";
    }

    @Override
    public String description() {
        return "Open files, pipes, terminals, events, locks";
    }

    @Override
    public List<DescriptorKind<?>> descriptors() {
        scratch.close();
        untilRunning.close();
        scratch = new Scratch();
        untilRunning = new Scratch();
        final Ptys ptys = new Ptys(scratch);
        pidFds = new PidFd(untilRunning);
        inotify = new Inotify(watchedFiles, untilRunning);
        fanotify = new Fanotify(watchedFiles);
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
                new Unrestorable(),
                new EventFd(),
                new SignalFd(),
                pidFds,
                inotify,
                fanotify,
                // Last: what it watches is what it was by then.
                new Epoll());
    }

    @Override
    public List<MappingKind<?>> mappings() {
        return List.of(new KernelRing());
    }

    @Override
    public List<ProcessStateKind<?>> processStates() {
        return List.of(new FileLocks(), new FileOwners());
    }

    /** What needs threads, and what would hear of the restart's own doings if it came earlier. */
    @Override
    public List<Barrier> barriers() {
        return List.of(new Barrier("watch", Phase.RESTARTED, Scope.HOST, () -> {
            pidFds.openThreads();
            inotify.watchAll();
            fanotify.markAll();
        }));
    }

    /** Gives up what was held open to make shared files once: every process has its own descriptors by then. */
    @Override
    public void on(final Event event) {
        switch (event) {
            case Event.Restart _ -> scratch.close();
            case Event.Running _ -> {
                scratch.close();
                untilRunning.close();
            }
            case Event.PreSuspend _, Event.Written _ -> watchedFiles.rest();
            case Event.Launch _, Event.Suspended _, Event.PreCheckpoint _, Event.Resume _ -> {}
        }
    }
}
