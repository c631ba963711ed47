package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.AT_FDCWD;

import com.google.protobuf.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.NotificationCalls;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.RestoredDescriptor;

/**
 * A fanotify group ({@code fanotify(7)}) that is told of events: its flags and marks are in fdinfo. A process sets the marks
 * itself, since those on mounts are about its own mounts. A group that is asked for permission is refused, because the agent's own
 * opening of a file might wait for its answer; so is one with events waiting, which nobody can look at without taking them.
 */
final class Fanotify implements DescriptorKind<FanotifyState> {
    private static final String TARGET = "anon_inode:[fanotify]";
    private static final Pattern GROUP = Pattern.compile("fanotify flags:([0-9a-f]+) event-flags:([0-9a-f]+)");
    private static final Pattern MARK = Pattern.compile(
            "fanotify (?:mnt_id:([0-9a-f]+) |ino:([0-9a-f]+) )?(?:sdev:([0-9a-f]+) )?mflags:\\s?([0-9a-f]+) mask:([0-9a-f]+)"
                    + " ignored_mask:([0-9a-f]+).*");

    // linux/fanotify.h
    private static final int FAN_ALL_CLASS_BITS = 0x0c;
    private static final int FAN_MARK_ADD = 1;
    private static final int FAN_MARK_DONT_FOLLOW = 4;
    private static final int FAN_MARK_INODE = 0;
    private static final int FAN_MARK_MOUNT = 0x10;
    private static final int FAN_MARK_IGNORED_MASK = 0x20;
    private static final int FAN_MARK_FILESYSTEM = 0x100;
    private static final int FAN_MARK_IGNORE = 0x400;
    private static final int FAN_MARK_EVICTABLE = 0x200;

    private final WatchedFiles files;
    private final List<Runnable> attached = new ArrayList<>();

    Fanotify(final WatchedFiles files) {
        this.files = files;
    }

    @Override
    public String name() {
        return "fanotify";
    }

    @Override
    public Parser<FanotifyState> parser() {
        return FanotifyState.parser();
    }

    @Override
    public Optional<FanotifyState> inspect(final DescriptorView descriptor) {
        if (!descriptor.target().equals(TARGET)) {
            return Optional.empty();
        }
        final FanotifyState.Builder state = FanotifyState.newBuilder().setFlags(descriptor.flags());
        for (final String line : descriptor.info()) {
            final Matcher group = GROUP.matcher(line);
            final Matcher mark = MARK.matcher(line);
            if (group.matches()) {
                state.setGroupFlags(Integer.parseUnsignedInt(group.group(1), 16))
                        .setEventFlags(Integer.parseUnsignedInt(group.group(2), 16));
            } else if (mark.matches()) {
                state.addMarks(mark(line, mark, descriptor));
            }
        }
        refuseBusy(descriptor, state.getGroupFlags());
        return Optional.of(state.build());
    }

    private static void refuseBusy(final DescriptorView descriptor, final int groupFlags) {
        if ((groupFlags & FAN_ALL_CLASS_BITS) != 0) {
            throw new Refusal(descriptor.describe() + " is a fanotify group that is asked for permission"
                    + " (FAN_CLASS_CONTENT, FAN_CLASS_PRE_CONTENT), which cannot be restored: others would wait for its answer"
                    + " meanwhile; checkpoint when it is closed");
        }
        if (PipeCalls.available(descriptor.open()) > 0) {
            throw new Refusal(descriptor.describe() + " has events waiting, which cannot be kept; checkpoint when the"
                    + " program has read them");
        }
    }

    private FanotifyState.Mark mark(final String line, final Matcher mark, final DescriptorView descriptor) {
        final FanotifyState.Mark.Builder state = FanotifyState.Mark.newBuilder()
                .setFlags(Integer.parseUnsignedInt(mark.group(4), 16))
                .setMask(Integer.parseUnsignedInt(mark.group(5), 16))
                .setIgnoredMask(Integer.parseUnsignedInt(mark.group(6), 16));
        if (mark.group(1) != null) {
            final int id = Integer.parseInt(mark.group(1), 16);
            final String path = Mounts.path(id)
                    .orElseThrow(
                            () -> new Refusal(
                                    descriptor.describe() + " watches mount " + id
                                            + ", which is not one of the agent's: it cannot be restored; have the program remove the mark"));
            return state.setType(FAN_MARK_MOUNT).setFile(named(path)).build();
        }
        if (mark.group(2) != null) {
            final WatchedInode inode = WatchedInode.parse(line).orElseThrow();
            return state.setType(FAN_MARK_INODE)
                    .setFile(files.find(inode, descriptor))
                    .build();
        }
        final String device = WatchedInode.deviceText(Long.parseLong(mark.group(3), 16));
        final String path = Mounts.paths(device)
                .findFirst()
                .orElseThrow(() -> new Refusal(descriptor.describe() + " watches the file system " + device
                        + ", which is not mounted where the agent could see it; have the program remove the mark"));
        return state.setType(FAN_MARK_FILESYSTEM).setFile(named(path)).build();
    }

    private static WatchedFile named(final String path) {
        return WatchedFile.newBuilder().setPath(BytePath.bytes(path)).build();
    }

    @Override
    public Fd restore(final FanotifyState state, final RestoreContext context) {
        try {
            final Fd group = NotificationCalls.fanotify(state.getGroupFlags(), state.getEventFlags());
            return StatusFlags.set(group, state.getFlags() & FileCalls.O_NONBLOCK);
        } catch (final LinuxException e) {
            throw new Refusal(
                    "the program's fanotify group cannot be made: " + e.getMessage()
                            + "; restart with CAP_SYS_ADMIN, as root",
                    e);
        }
    }

    @Override
    public void attach(final FanotifyState state, final RestoredDescriptor descriptor) {
        attached.add(() -> state.getMarksList().forEach(mark -> set(mark, descriptor)));
    }

    /** Sets the marks. */
    void markAll() {
        attached.forEach(Runnable::run);
        attached.clear();
    }

    private static void set(final FanotifyState.Mark mark, final RestoredDescriptor descriptor) {
        if (mark.getMask() != 0 || mark.getIgnoredMask() == 0) {
            set(mark, mark.getFlags() & FAN_MARK_EVICTABLE, mark.getMask(), descriptor);
        }
        if (mark.getIgnoredMask() != 0) {
            final boolean newer = (mark.getFlags() & FAN_MARK_IGNORE) != 0;
            final int kind = newer ? FAN_MARK_IGNORE : FAN_MARK_IGNORED_MASK;
            set(mark, mark.getFlags() | kind, mark.getIgnoredMask(), descriptor);
        }
    }

    private static void set(
            final FanotifyState.Mark mark, final int flags, final int mask, final RestoredDescriptor descriptor) {
        final WatchedFile file = mark.getFile();
        final boolean named = file.getPid() == 0;
        final String path = named ? BytePath.of(file.getPath()) : "/proc/self/fd/" + file.getNumber();
        final DescriptorView.Holder holder = descriptor.holders().stream()
                .filter(h -> named || h.process().ownPid() == file.getPid())
                .findFirst()
                .orElseThrow();
        final RemoteBatch batch = holder.process().batch();
        final int call = batch.add(
                SystemCall.FANOTIFY_MARK,
                holder.number(),
                FAN_MARK_ADD | mark.getType() | flags | (named ? FAN_MARK_DONT_FOLLOW : 0),
                Integer.toUnsignedLong(mask),
                AT_FDCWD,
                batch.putString(path));
        final long result = batch.run().result(call);
        if (Errno.isError(result)) {
            throw new Refusal("the program watched " + path + " with fanotify, which cannot be watched again: "
                    + Errno.message((int) -result) + "; put it back, or restart as a user who may read it");
        }
    }
}
