package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.NotificationCalls;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.RestoredDescriptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An inotify instance: its watches, under their numbers. They are set up when all else of the processes is there, so that
 * what the restart itself does to files is not reported.
 *
 * <p>Events that wait cannot be seen without taking them, and cannot be put back: a program that goes on after a checkpoint
 * must not lose them, so they are left alone. After a restart such a program is told what the kernel itself tells it when events are
 * lost, IN_Q_OVERFLOW: to look again. A watched file that is missing at the restart is reported as deleted. Which number the
 * kernel would give to the next watch it does not say: it is the one after the highest in use.
 */
final class Inotify implements DescriptorKind<InotifyState> {
    private static final Logger LOG = LoggerFactory.getLogger("org.jdmtcp.plugin.fd");

    private static final String TARGET = "anon_inode:inotify";
    private static final Pattern LINE = Pattern.compile("inotify wd:([0-9a-f]+) .*\\bmask:([0-9a-f]+) ignored_mask.*");

    private final WatchedFiles files;
    private final Scratch scratch;
    private final Map<InotifyState, Fd> instances = new IdentityHashMap<>();
    private final List<Runnable> attached = new ArrayList<>();

    /** @param scratch owner of what is held open until the program runs */
    Inotify(final WatchedFiles files, final Scratch scratch) {
        this.files = files;
        this.scratch = scratch;
    }

    @Override
    public String name() {
        return "inotify";
    }

    @Override
    public Parser<InotifyState> parser() {
        return InotifyState.parser();
    }

    @Override
    public Optional<InotifyState> inspect(final DescriptorView descriptor) {
        if (!descriptor.target().equals(TARGET)) {
            return Optional.empty();
        }
        final InotifyState.Builder state = InotifyState.newBuilder()
                .setFlags(descriptor.flags())
                .setEventsWaiting(PipeCalls.available(descriptor.open()) > 0);
        for (final String line : descriptor.info()) {
            final Matcher watch = LINE.matcher(line);
            if (watch.matches()) {
                state.addWatches(InotifyState.Watch.newBuilder()
                        .setNumber(Integer.parseInt(watch.group(1), 16))
                        .setMask(Integer.parseUnsignedInt(watch.group(2), 16))
                        .setFile(files.find(WatchedInode.parse(line).orElseThrow(), descriptor)));
            }
        }
        return Optional.of(state.build());
    }

    @Override
    public Fd restore(final InotifyState state, final RestoreContext context) {
        final Fd inotify = NotificationCalls.inotify(state.getFlags() & FileCalls.O_NONBLOCK);
        instances.put(state, scratch.hold(inotify.duplicate()));
        return inotify;
    }

    @Override
    public void attach(final InotifyState state, final RestoredDescriptor descriptor) {
        attached.add(() -> watch(state, descriptor));
    }

    /** Sets the watches up. */
    void watchAll() {
        attached.forEach(Runnable::run);
        attached.clear();
    }

    private void watch(final InotifyState state, final RestoredDescriptor descriptor) {
        final Fd inotify = Objects.requireNonNull(instances.get(state));
        final List<InotifyState.Watch> watches = state.getWatchesList().stream()
                .sorted(Comparator.comparingInt(InotifyState.Watch::getNumber))
                .toList();
        final List<InotifyState.Watch> gone = watches.stream()
                .filter(watch -> !watch(inotify, watch, path(watch.getFile(), descriptor)))
                .toList();
        LOG.debug(
                "inotify as fd {} has {} watches again, and {} are told that theirs is gone",
                descriptor.number(),
                watches.size() - gone.size(),
                gone.size());
        final InotifyQueue queue = new InotifyQueue(inotify);
        final int next =
                watches.stream().mapToInt(watch -> watch.getNumber() + 1).max().orElse(1);
        if (state.getEventsWaiting()) {
            queue.reportLoss(next);
        }
        gone.forEach(watch -> queue.reportDeleted(
                watch.getNumber(), watch.getMask(), watch.getFile().getDirectory()));
        NotificationCalls.setNextWatch(inotify, next);
    }

    private static String path(final WatchedFile file, final RestoredDescriptor descriptor) {
        if (file.getPid() == 0) {
            return BytePath.of(file.getPath());
        }
        return descriptor.holders().stream()
                .filter(holder -> holder.process().ownPid() == file.getPid())
                .map(holder -> "/proc/" + holder.process().pid() + "/fd/" + file.getNumber())
                .findFirst()
                .orElseThrow(() -> new Refusal("process " + file.getPid()
                        + ", which had a deleted file open that it watched, is not among the restarted processes; restart"
                        + " all images of the checkpoint together"));
    }

    /** @return false where there is nothing of that name (any more) */
    private static boolean watch(final Fd inotify, final InotifyState.Watch watch, final String path) {
        final boolean named = watch.getFile().getPid() == 0;
        if (named && isOther(path, watch.getFile().getDirectory())) {
            return false;
        }
        NotificationCalls.setNextWatch(inotify, watch.getNumber());
        final int flags = NotificationCalls.IN_MASK_CREATE | (named ? NotificationCalls.IN_DONT_FOLLOW : 0);
        final long number = NotificationCalls.addWatch(inotify, path, watch.getMask() | flags);
        if (number == -Errno.ENOENT || number == -Errno.ENOTDIR || number == -Errno.EEXIST) {
            return false;
        }
        if (number == watch.getNumber()) {
            return true;
        }
        throw new Refusal("the program watched " + path + ", which cannot be watched again under the number "
                + watch.getNumber() + ": "
                + (Errno.isError(number) ? Errno.message((int) -number) : "it became " + number)
                + "; see /proc/sys/fs/inotify/max_user_watches, and restart as a user who may read it");
    }

    private static boolean isOther(final String path, final boolean directory) {
        return FileCalls.linkStatus(path)
                .filter(now -> now.isDirectory() == directory)
                .isEmpty();
    }
}
