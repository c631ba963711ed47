package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.process.message.Descriptor;
import org.jdmtcp.core.procfs.FdInfo;
import org.jdmtcp.core.procfs.FdTable;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jspecify.annotations.Nullable;

/**
 * All open files of the computation, each once however many descriptors of however many processes refer to it. Two
 * descriptors are the same open file if {@code kcmp(2)} says so; it also orders them, so that finding one among n takes
 * log n comparisons. Closing it closes the agent's duplicates.
 */
final class OpenFiles implements AutoCloseable {
    /** The number of a holder that has the file mapped but not open. */
    static final int MAPPED = -1;
    /** The number of a holder that has the file in a queue, such as that of a socket, and nowhere else. */
    static final int IN_FLIGHT = -2;

    private final StandardStreams streams;
    private final List<OpenFileView> views = new ArrayList<>();
    private final Map<FrozenProcess, List<Descriptor>> descriptors = new LinkedHashMap<>();
    private final Map<Inode, List<OpenFileView>> byInode = new HashMap<>();
    private final List<Kept> kept = new ArrayList<>();
    private final Map<Key, TreeMap<Place, OpenFileView>> known = new HashMap<>();
    private final FrozenTree tree;

    private record Inode(long device, long inode) {}

    private record Key(long device, long inode, int flags) {}

    private record Place(int pid, int number) {}

    /** Contents that a plugin wants to have in the image. */
    record Kept(OpenFileView file, long size) {}

    /** Looks at every descriptor. @throws LinuxException EPERM where a process may not be inspected */
    OpenFiles(final FrozenTree tree, final StandardStreams streams) {
        this.tree = tree;
        this.streams = streams;
        for (final FrozenProcess process : tree.processes()) {
            final List<Descriptor> table = new ArrayList<>();
            for (final int number : FdTable.numbers(process.mainThread().tid())) {
                table.add(look(process, number));
            }
            descriptors.put(process, table);
        }
    }

    private Descriptor look(final FrozenProcess process, final int number) {
        final int pid = process.mainThread().tid();
        final String link = "/proc/" + pid + "/fd/" + number;
        final FileStatus status = FileCalls.status(link).orElseThrow();
        final FdInfo info = FdInfo.read(pid, number);
        final DescriptorView.Holder holder =
                new DescriptorView.Holder(new FrozenProcessView(process), number, info.closeOnExec());
        final TreeMap<Place, OpenFileView> same = similar(status, info);
        final Place place = new Place(pid, number);
        OpenFileView view = same.get(place);
        if (view == null) {
            view = new OpenFileView(
                    this, views.size() + 1L, target(link), status, info, holder, () -> take(process, number));
            same.put(place, view);
            add(view);
        } else {
            view.add(holder);
        }
        return Descriptor.newBuilder()
                .setNumber(number)
                .setCloseOnExec(info.closeOnExec())
                .setOpenFile(view.id())
                .build();
    }

    private TreeMap<Place, OpenFileView> similar(final FileStatus status, final FdInfo info) {
        final int flags = info.flags() & ~FileCalls.O_CLOEXEC;
        return known.computeIfAbsent(
                new Key(status.device(), status.inode(), flags), k -> new TreeMap<>(OpenFiles::compare));
    }

    /** An open file that was found in the queue of another; it may be known, and is a member from now on. @return its id */
    long inFlight(final OpenFileView queue, final Fd found) {
        final int self = ProcessCalls.self();
        final FileStatus status = FileCalls.status(found);
        final FdInfo info = FdInfo.read(self, found.number());
        final TreeMap<Place, OpenFileView> same = similar(status, info);
        final Place place = new Place(self, found.number());
        final OpenFileView member = same.get(place);
        if (member != null) {
            found.close();
            return member.id();
        }
        final DescriptorView.Holder holder = new DescriptorView.Holder(queue.process(), IN_FLIGHT, true);
        final String name = target("/proc/self/fd/" + found.number());
        final OpenFileView view = new OpenFileView(this, views.size() + 1L, name, status, info, holder, () -> found);
        // The view owns the descriptor from here, since closing the view closes what it has opened.
        view.open();
        same.put(place, view);
        add(view);
        return view.id();
    }

    private void add(final OpenFileView view) {
        views.add(view);
        byInode.computeIfAbsent(new Inode(view.status().device(), view.status().inode()), k -> new ArrayList<>())
                .add(view);
    }

    private static String target(final String link) {
        return FileCalls.readLink(link).orElse("");
    }

    private static int compare(final Place a, final Place b) {
        final long order = ProcessCalls.compare(a.pid, b.pid, ProcessCalls.KCMP_FILE, a.number, b.number);
        if (order < 0) {
            throw new LinuxException("kcmp(KCMP_FILE)", (int) -order);
        }
        return order == 0 ? 0 : order == 1 ? -1 : 1;
    }

    private static Fd take(final FrozenProcess process, final int number) {
        try (Fd task = process.isLeaderGone()
                ? ProcessCalls.threadFd(process.mainThread().tid())
                : ProcessCalls.pidFd(process.pid()).orElseThrow()) {
            return ProcessCalls.takeFd(task, number);
        }
    }

    /** An open file that no descriptor of the process refers to, only a mapping. */
    OpenFileView mapped(final FrozenProcess process, final Mapping mapping, final String path) {
        final FileStatus status = FileCalls.status(path).orElseThrow();
        final Inode inode = new Inode(status.device(), status.inode());
        final List<OpenFileView> known = byInode.getOrDefault(inode, List.of());
        for (final OpenFileView view : known) {
            if ((view.flags() & FileCalls.O_ACCMODE) == FileCalls.O_RDWR) {
                return view;
            }
        }
        final FdInfo info = new FdInfo(0, FileCalls.O_RDWR, 0, status.inode(), List.of());
        final DescriptorView.Holder holder = new DescriptorView.Holder(new FrozenProcessView(process), MAPPED, true);
        final String name = mapping.path() + (mapping.deleted() ? " (deleted)" : "");
        final OpenFileView view = new OpenFileView(
                this, views.size() + 1L, name, status, info, holder, () -> FileCalls.open(path, FileCalls.O_RDWR));
        add(view);
        return view;
    }

    /** A descriptor of the process through which the file of a mapping can be reached; null for none. */
    @Nullable OpenFileView find(final long inode, final String name) {
        for (final OpenFileView view : views) {
            if (view.status().inode() == inode
                    && view.target().equals(name)
                    && (view.flags() & FileCalls.O_ACCMODE) == FileCalls.O_RDWR) {
                return view;
            }
        }
        return null;
    }

    /** All of them. */
    List<OpenFileView> views() {
        return views;
    }

    /** The descriptor table of a process. */
    List<Descriptor> table(final FrozenProcess process) {
        return descriptors.getOrDefault(process, List.of());
    }

    /** What is to be kept, after every open file was claimed. */
    List<Kept> kept() {
        return kept;
    }

    OptionalInt standardStream(final OpenFileView view) {
        return view.number() == IN_FLIGHT
                ? streams.find(ProcessCalls.self(), view.open().number(), view.status())
                : streams.find(view.process().pid(), view.number(), view.status());
    }

    List<DescriptorView> sameInode(final OpenFileView view) {
        final Inode inode = new Inode(view.status().device(), view.status().inode());
        return byInode.getOrDefault(inode, List.of()).stream()
                .filter(other -> other != view)
                .map(DescriptorView.class::cast)
                .toList();
    }

    long keepContents(final OpenFileView view, final long size) {
        kept.add(new Kept(view, size));
        return view.id();
    }

    List<String> outsiders(final OpenFileView view) {
        final Collection<Integer> members =
                tree.processes().stream().map(FrozenProcess::pid).toList();
        return Outsiders.holding(view.target(), members);
    }

    @Override
    public void close() {
        views.forEach(OpenFileView::close);
    }
}
