package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.EpollCalls;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.DescriptorView.Holder;
import org.jdmtcp.spi.view.RestoredDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * An epoll instance. Its entries are pairs of an open file and a number under which that was registered once; the number
 * may have been closed or reused since, and the file may have another one. So each target is found with kcmp at a
 * checkpoint, and at a restart a process that has both registers it, under the old number.
 *
 * <p>An entry whose target is ready at the restart reports it. So does an edge-triggered one whose event may not have been
 * fetched before the checkpoint: the kernel does not say which entries have events, only whether any has. Where none has,
 * all edges were fetched; else a program may see an edge twice, which it must expect of epoll, rather than never. A one-shot entry that had fired stays silent until it is armed
 * again, but for this: the kernel always adds EPOLLERR and EPOLLHUP, so it reports those should they occur first.
 * Nested instances may be filled in any order, since adding to the inner one wakes the outer.
 */
final class Epoll implements DescriptorKind<EpollState> {
    private static final String TARGET = "anon_inode:[eventpoll]";

    /** Of this restart, for warnings while attaching. */
    private @Nullable RestoreContext context;

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public Parser<EpollState> parser() {
        return EpollState.parser();
    }

    @Override
    public Optional<EpollState> inspect(final DescriptorView descriptor) {
        if (!descriptor.target().equals(TARGET)) {
            return Optional.empty();
        }
        final EpollState.Builder state = EpollState.newBuilder().setFlags(descriptor.flags());
        final List<EpollEntry> entries = EpollEntry.parse(descriptor.info());
        final boolean fetched = entries.stream().anyMatch(EpollEntry::isEdgeTriggered) && !hasEvents(descriptor);
        for (final EpollEntry entry : entries) {
            state.addEntries(locate(descriptor, entry).setFetched(fetched && entry.isEdgeTriggered()));
        }
        return Optional.of(state.build());
    }

    private static boolean hasEvents(final DescriptorView descriptor) {
        return (PipeCalls.poll(descriptor.open(), PipeCalls.POLLIN) & PipeCalls.POLLIN) != 0;
    }

    private static EpollState.Entry.Builder locate(final DescriptorView descriptor, final EpollEntry entry) {
        for (final Holder holder : descriptor.holders()) {
            final int pid = holder.process().pid();
            final Optional<Integer> number = candidates(pid, entry)
                    .filter(candidate -> watches(holder, candidate, entry, descriptor))
                    .findFirst();
            if (number.isPresent()) {
                return EpollState.Entry.newBuilder()
                        .setRegistered(entry.registered())
                        .setEvents(entry.events())
                        .setData(entry.data())
                        .setPid(holder.process().ownPid())
                        .setTarget(number.get());
            }
        }
        throw new Refusal(descriptor.describe() + " watches a file that was registered as fd " + entry.registered()
                + " and that no process with this epoll instance has open (any more); have the program remove it from the"
                + " epoll instance, or close it everywhere");
    }

    /** Descriptors that may be the target: the registered number first, then all on the same inode. */
    private static Stream<Integer> candidates(final int pid, final EpollEntry entry) {
        final String directory = "/proc/" + pid + "/fd";
        final String[] names = Optional.ofNullable(new File(directory).list()).orElse(new String[0]);
        return Stream.concat(
                        Stream.of(entry.registered()).filter(n -> isOn(pid, n, entry)),
                        Stream.of(names).map(Integer::valueOf).filter(n -> isOn(pid, n, entry)))
                .distinct();
    }

    private static boolean isOn(final int pid, final int number, final EpollEntry entry) {
        return FileCalls.status("/proc/" + pid + "/fd/" + number)
                .filter(status -> status.inode() == entry.inode())
                .isPresent();
    }

    private static boolean watches(
            final Holder epoll, final int number, final EpollEntry entry, final DescriptorView descriptor) {
        final int pid = epoll.process().pid();
        try {
            return EpollCalls.watches(pid, number, pid, epoll.number(), entry.registered(), entry.occurrence());
        } catch (final LinuxException e) {
            if (e.errno() == Errno.EBADF) {
                // An O_PATH descriptor, or one that an outsider sharing the table has just closed: not the target.
                return false;
            }
            throw new Refusal(
                    descriptor.describe() + ": what it watches cannot be found: " + e.getMessage()
                            + "; the kernel needs CONFIG_KCMP, and the right to trace the program",
                    e);
        }
    }

    @Override
    public Fd restore(final EpollState state, final RestoreContext restoreContext) {
        context = restoreContext;
        // The status flags of an epoll instance mean nothing to it, but F_GETFL shows them.
        return StatusFlags.set(FileCalls.epoll(), state.getFlags() & FileCalls.O_NONBLOCK);
    }

    @Override
    public void attach(final EpollState state, final RestoredDescriptor descriptor) {
        final Map<Integer, Holder> byPid = new LinkedHashMap<>();
        descriptor
                .holders()
                .forEach(holder -> byPid.putIfAbsent(holder.process().ownPid(), holder));
        // The entries that are to stay silent come first: see EpollRegistration.
        attach(state.getEntriesList(), true, byPid, descriptor);
        attach(state.getEntriesList(), false, byPid, descriptor);
    }

    private void attach(
            final List<EpollState.Entry> entries,
            final boolean silent,
            final Map<Integer, Holder> byPid,
            final RestoredDescriptor descriptor) {
        final Map<Integer, List<EpollState.Entry>> groups = new LinkedHashMap<>();
        entries.stream()
                .filter(entry -> EpollRegistration.isSilent(entry) == silent)
                .forEach(entry -> groups.computeIfAbsent(entry.getPid(), _ -> new ArrayList<>())
                        .add(entry));
        groups.forEach((pid, group) -> {
            final Holder holder = byPid.get(pid);
            if (holder == null) {
                throw new Refusal(
                        "an epoll instance watched files of process " + pid
                                + ", which is not among the restarted processes; restart all images of the checkpoint together");
            }
            final EpollRegistration registration =
                    new EpollRegistration(holder, () -> descriptor.freeNumber(holder.process()), this::warn);
            parts(group).forEach(part -> registration.register(part, silent));
        });
    }

    /** Of a size that fits into a process's batch memory. */
    private static Stream<List<EpollState.Entry>> parts(final List<EpollState.Entry> all) {
        final int size = EpollRegistration.MOST;
        return IntStream.range(0, (all.size() + size - 1) / size)
                .mapToObj(i -> all.subList(i * size, Math.min(all.size(), (i + 1) * size)));
    }

    private void warn(final String message) {
        if (context != null) {
            context.warn(message);
        }
    }
}
