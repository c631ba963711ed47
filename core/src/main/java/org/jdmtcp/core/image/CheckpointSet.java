package org.jdmtcp.core.image;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jdmtcp.core.image.message.SetMembership;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileSystemCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * The images of one checkpoint in one directory, which become valid together. Until {@link #commit} they have hidden
 * temporary names and the previous checkpoint's images stand untouched; what a death in the middle of a commit leaves is
 * put in order by {@link #settle}. Safe on several threads.
 */
public final class CheckpointSet implements AutoCloseable {
    private static final AtomicLong COUNTER = new AtomicLong();

    private final Path directory;
    private final SetIdentity identity;
    private final Predicate<String> earlier;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private boolean ended;

    /** @param lock a descriptor of the writer's open file, which keeps the file locked until the end of the set */
    private record Member(ImageWriter writer, Fd lock) {}

    private CheckpointSet(final Path directory, final SetIdentity identity, final Predicate<String> earlier) {
        this.directory = directory;
        this.identity = identity;
        this.earlier = earlier;
    }

    /**
     * Begins a checkpoint in a directory, which was {@linkplain #settle settled} before.
     *
     * @param earlier whether an image, by its name, gives way to this checkpoint if it is of an earlier one of this computation
     */
    public static CheckpointSet begin(
            final Path directory, final SetIdentity identity, final Predicate<String> earlier) {
        return new CheckpointSet(directory, identity, earlier);
    }

    /**
     * Makes a directory consistent after a writer died: finishes a commit that had begun (its files were all whole by
     * then), removes temporary files of the dead. To be called before a checkpoint and before a restart; does nothing where the
     * directory is in order or may not be written.
     *
     * @throws ImageException where names cannot be changed
     */
    public static void settle(final Path directory) {
        if (!SetDirectory.isWritable(directory)) {
            return;
        }
        try (SetDirectory locked = SetDirectory.lock(directory)) {
            new SetRecovery(locked).settle();
        } catch (final LinuxException e) {
            throw new ImageException(directory, "cannot be put in order: " + e.getMessage(), e);
        }
    }

    /**
     * Checks that images which are to be restarted together are of one checkpoint, as far as they are of one computation.
     * That some members are missing is no error here: they may come with another restart command.
     *
     * @throws ImageException naming two that are not
     */
    public static void requireSameCheckpoint(final List<ImageReader> images) {
        final Map<String, ImageReader> first = new HashMap<>();
        for (final ImageReader image : images) {
            final Optional<SetIdentity> identity = image.set();
            if (identity.isEmpty()) {
                continue;
            }
            final ImageReader other = first.putIfAbsent(identity.get().computation(), image);
            if (other == null) {
                continue;
            }
            final SetIdentity others = other.set().orElseThrow();
            if (!others.sameCheckpoint(identity.get())) {
                throw new ImageException(
                        image.file(),
                        "does not belong to " + other.file() + ": the one is of checkpoint "
                                + identity.get().generation() + " of the computation and the other of checkpoint "
                                + others.generation()
                                + "; give images of one checkpoint only, as dmtcp_restart_script.sh does");
            }
        }
    }

    /** A new image of this set, which carries the set's identity. @param name one of the identity's members */
    public synchronized ImageWriter add(final String name, final Codec codec, final int level) {
        requireOpen();
        if (!identity.members().contains(name) || members.containsKey(name)) {
            throw new IllegalArgumentException(name + " is no member, or was added already");
        }
        final String unique = ProcessCalls.self() + "-" + COUNTER.incrementAndGet();
        // Under the directory's lock, so that nobody takes the new file for a dead writer's before it is locked.
        try (SetDirectory locked = SetDirectory.lock(directory)) {
            final Path temporary = locked.temporary(name, unique);
            final ImageWriter writer = ImageWriter.create(temporary, codec, level);
            final Fd lock = writer.fd().duplicate();
            FileSystemCalls.tryLock(lock);
            members.put(name, new Member(writer, lock));
            writer.section(
                    SetIdentity.SECTION,
                    SetMembership.newBuilder()
                            .setComputation(identity.computation())
                            .setGeneration(identity.generation())
                            .addAllMembers(identity.members())
                            .build());
            return writer;
        }
    }

    /**
     * Makes all images valid at once and closes their writers. Images of earlier checkpoints that have no successor, since their process has
     * ended or runs another program, are removed: they belong to no whole checkpoint any more.
     *
     * @throws ImageException where that failed; the previous checkpoint stands
     * @throws IllegalStateException where a member is missing or its writer has not finished
     */
    public synchronized void commit() {
        requireOpen();
        for (final String name : identity.members()) {
            final Member member = members.get(name);
            if (member == null || !member.writer().isFinished()) {
                throw new IllegalStateException("the image " + name + " was not finished");
            }
        }
        try (SetDirectory locked = SetDirectory.lock(directory)) {
            replace(locked);
        } catch (final LinuxException e) {
            throw new ImageException(
                    directory, "cannot take the new images, the previous checkpoint stands: " + e.getMessage(), e);
        }
        ended = true;
        members.values().forEach(member -> member.writer().close());
        releaseLocks();
    }

    private void replace(final SetDirectory locked) {
        final List<String> obsolete = obsolete(locked);
        locked.sync();
        final List<String> kept = new ArrayList<>();
        final List<String> renamed = new ArrayList<>();
        try {
            for (final String name : members.keySet()) {
                if (locked.keepPrevious(name)) {
                    kept.add(name);
                }
            }
            for (final Map.Entry<String, Member> member : members.entrySet()) {
                locked.rename(member.getValue().writer().file(), locked.image(member.getKey()));
                renamed.add(member.getKey());
            }
            locked.sync();
        } catch (final LinuxException e) {
            undo(locked, kept, renamed, e);
            throw e;
        }
        obsolete.forEach(name -> locked.remove(locked.image(name)));
        kept.forEach(name -> locked.remove(locked.previous(name)));
    }

    private static void undo(
            final SetDirectory locked,
            final List<String> kept,
            final List<String> renamed,
            final LinuxException cause) {
        try {
            for (final String name : renamed) {
                if (kept.contains(name)) {
                    locked.rename(locked.previous(name), locked.image(name));
                } else {
                    locked.remove(locked.image(name));
                }
            }
            kept.forEach(name -> locked.remove(locked.previous(name)));
        } catch (final LinuxException e) {
            cause.addSuppressed(e);
        }
    }

    /** Images of earlier checkpoints that have no successor in this one. */
    private List<String> obsolete(final SetDirectory locked) {
        return locked.images()
                .filter(name -> !members.containsKey(name) && earlier.test(name))
                .filter(name -> SetDirectory.identity(locked.image(name))
                        .filter(set -> set.computation().equals(identity.computation())
                                && set.generation() < identity.generation())
                        .isPresent())
                .toList();
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("the checkpoint set is committed or given up");
        }
    }

    private void releaseLocks() {
        members.values().forEach(member -> member.lock().close());
    }

    /** Removes what was written unless it was committed. The writers may still be closed afterwards. */
    @Override
    public synchronized void close() {
        if (ended) {
            return;
        }
        ended = true;
        for (final Member member : members.values()) {
            member.writer().close();
            FileCalls.unlink(FileNames.bytes(member.writer().file()));
        }
        releaseLocks();
    }
}
