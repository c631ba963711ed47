package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdmtcp.core.agent.StandardStreams;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.freeze.ZombieProcess;
import org.jdmtcp.core.process.message.Descriptor;
import org.jdmtcp.core.procfs.FdInfo;
import org.jdmtcp.core.procfs.FdTable;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.OpenDescriptor;
import org.jdmtcp.spi.view.RemoteBatch;

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
    private final List<Fd> contents = new ArrayList<>();
    private final List<OpenFileView> views = new ArrayList<>();
    private final Map<FrozenProcess, List<Descriptor>> descriptors = new LinkedHashMap<>();
    private final Map<Inode, List<OpenFileView>> byInode = new HashMap<>();
    private final Map<FrozenProcess, List<OpenDescriptor>> open = new LinkedHashMap<>();
    private final List<Kept> kept = new ArrayList<>();
    private final Map<Key, TreeMap<Place, OpenFileView>> known = new HashMap<>();
    private final FrozenTree tree;
    private final long firstId;
    private final boolean wantsContents;

    private record Inode(long device, long inode) {}

    private record Key(long device, long inode, int flags) {}

    private record Place(int pid, int number) {}

    /** Looks at every descriptor. @throws LinuxException EPERM where a process may not be inspected */
    OpenFiles(final FrozenTree tree, final StandardStreams streams, final boolean wantsContents) {
        this.wantsContents = wantsContents;
        this.tree = tree;
        this.firstId = ResourceIds.first(tree, ResourceIds.OPEN_FILES);
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
        final boolean isFirst = view == null;
        if (view == null) {
            view = new OpenFileView(
                    this, firstId + views.size(), target(link), status, info, holder, () -> take(process, number));
            same.put(place, view);
            add(view);
        } else {
            view.add(holder);
        }
        open.computeIfAbsent(process, _ -> new ArrayList<>())
                .add(new OpenDescriptor(number, view, isFirst, info.locks()));
        return Descriptor.newBuilder()
                .setNumber(number)
                .setCloseOnExec(info.closeOnExec())
                .setOpenFile(view.id())
                .build();
    }

    /**
     * Has the processes themselves tell which of their terminals' descriptors close on exec. What /proc shows there can be the flag
     * with which the slave was opened (TIOCGPTPEER keeps it in the open file), for every duplicate and for ever.
     */
    void settleCloseOnExec() {
        descriptors.forEach((process, table) -> {
            final List<Integer> unsure = IntStream.range(0, table.size())
                    .filter(i -> table.get(i).getCloseOnExec()
                            && isSlave(open(process).get(i).file()))
                    .boxed()
                    .toList();
            if (unsure.isEmpty()) {
                return;
            }
            final RemoteBatch batch = new FrozenProcessView(process).batch();
            unsure.forEach(i -> batch.must(SystemCall.FCNTL, table.get(i).getNumber(), FileCalls.F_GETFD));
            batch.run();
            for (int i = 0; i < unsure.size(); i++) {
                final int at = unsure.get(i);
                final boolean closes = (batch.result(i) & FileCalls.FD_CLOEXEC) != 0;
                table.set(at, table.get(at).toBuilder().setCloseOnExec(closes).build());
            }
        });
    }

    private static boolean isSlave(final DescriptorView file) {
        return file.target().startsWith("/dev/pts/");
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
        final OpenFileView view =
                new OpenFileView(this, firstId + views.size(), name, status, info, holder, () -> found);
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

    /**
     * The open file through which a mapping can be had again: for a shared one such as reads and writes, or else another open
     * file that is made of one that does not. Empty where no process of the computation has the mapped file open.
     */
    Optional<OpenFileView> behind(final FrozenProcess process, final Mapping mapping, final String name) {
        Optional<OpenFileView> other = Optional.empty();
        for (final OpenFileView view : views) {
            if (view.status().inode() == mapping.inode() && view.target().equals(name)) {
                final int access = view.flags() & FileCalls.O_ACCMODE;
                if (access == FileCalls.O_RDWR || !mapping.shared() && access == FileCalls.O_RDONLY) {
                    return Optional.of(view);
                }
                other = Optional.of(view);
            }
        }
        return other.map(view -> mapped(process, view));
    }

    private OpenFileView mapped(final FrozenProcess process, final OpenFileView open) {
        final FdInfo info = new FdInfo(0, FileCalls.O_RDWR, 0, open.status().inode(), List.of());
        final DescriptorView.Holder holder = new DescriptorView.Holder(new FrozenProcessView(process), MAPPED, true);
        final String path = "/proc/" + open.process().pid() + "/fd/" + open.number();
        final OpenFileView view = new OpenFileView(
                this,
                firstId + views.size(),
                open.target(),
                open.status(),
                info,
                holder,
                () -> FileCalls.open(path, FileCalls.O_RDWR));
        add(view);
        return view;
    }

    /** Whether the user wants the contents of named files. */
    boolean wantsContents() {
        return wantsContents;
    }

    /** All of them. */
    List<OpenFileView> views() {
        return views;
    }

    /** The descriptor table of a process. */
    List<Descriptor> table(final FrozenProcess process) {
        return descriptors.getOrDefault(process, List.of());
    }

    /** What a process has open. */
    List<OpenDescriptor> open(final FrozenProcess process) {
        return open.getOrDefault(process, List.of());
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
        kept.add(new Kept(view.process().ownPid(), image -> image.contents(view.id(), view.open(), size)));
        return view.id();
    }

    long keepContents(final OpenFileView view, final Fd file, final long size) {
        final long id = ResourceIds.first(tree, ResourceIds.QUEUES) + contents.size();
        contents.add(file);
        kept.add(new Kept(view.process().ownPid(), image -> image.contents(id, file, size)));
        return id;
    }

    OptionalInt member(final int id) {
        final OptionalInt process = Stream.concat(
                        tree.process(id).stream().map(FrozenProcess::ownPid),
                        tree.zombies().stream().filter(z -> z.pid() == id).map(ZombieProcess::ownPid))
                .mapToInt(Integer::intValue)
                .findFirst();
        return process.isPresent()
                ? process
                : tree.processes().stream()
                        .flatMap(p -> p.threads().stream())
                        .filter(thread -> thread.tid() == id)
                        .mapToInt(Tracee::ownTid)
                        .findFirst();
    }

    List<String> outsiders(final OpenFileView view) {
        final Collection<Integer> members =
                tree.processes().stream().map(FrozenProcess::pid).toList();
        return Outsiders.holding(view.target(), members);
    }

    @Override
    public void close() {
        views.forEach(OpenFileView::close);
        contents.forEach(Fd::close);
    }
}
