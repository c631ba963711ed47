package org.jdmtcp.core.restart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdmtcp.core.image.CheckpointSet;
import org.jdmtcp.core.image.ImageReader;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.plugin.RecordedPlugins;
import org.jdmtcp.core.process.message.Clocks;
import org.jdmtcp.core.process.message.Identity;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.core.process.message.OpenFile;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.core.process.message.ThreadState;
import org.jdmtcp.core.process.message.Zombie;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.HugePages;
import org.jdmtcp.spi.linux.ProcessCalls;

/** The images of one restart: read and verified before any process is made. */
final class RestartImages implements AutoCloseable {
    private final Map<Integer, RestartImage> byPid = new LinkedHashMap<>();

    private final boolean overwriteFiles;
    private final List<OpenFile> leftOut = new ArrayList<>();

    private RestartImages(final boolean overwriteFiles) {
        this.overwriteFiles = overwriteFiles;
    }

    /** @throws org.jdmtcp.core.image.ImageException where one is no good */
    static RestartImages open(final RestartOptions options) {
        final RestartImages images = new RestartImages(options.overwriteFiles());
        try {
            images.read(options);
            return images;
        } catch (final RuntimeException e) {
            images.close();
            throw e;
        }
    }

    private void read(final RestartOptions options) {
        final Set<Path> folders = new LinkedHashSet<>();
        options.images()
                .forEach(path -> folders.add(path.toAbsolutePath().normalize().getParent()));
        folders.forEach(CheckpointSet::settle);
        for (final Path path : options.images()) {
            final RestartImage image = RestartImage.open(path);
            final RestartImage twin = byPid.put(image.pid(), image);
            if (twin != null) {
                twin.close();
                throw new Refusal(path + " and " + twin.reader().file() + " are both images of process " + image.pid()
                        + ": give the images of one checkpoint, each once");
            }
        }
        CheckpointSet.requireSameCheckpoint(
                byPid.values().stream().map(RestartImage::reader).toList());
        check(options);
        leaveOut(options.without());
    }

    private void leaveOut(final Set<String> ids) {
        final Set<String> unknown = new TreeSet<>(ids);
        plugins().ids().forEach(unknown::remove);
        for (final RestartImage image : byPid.values()) {
            for (final String id : ids) {
                final PluginState state = image.plugins().getOrDefault(id, PluginState.getDefaultInstance());
                if (state.getMappedObjectsCount() > 0) {
                    throw new Refusal("the plugin \"" + id + "\" cannot be left out: it restores "
                            + state.getMappedObjects(0).getDescription() + ", which the program would miss");
                }
                leftOut.addAll(state.getOpenFilesList());
            }
            unknown.removeAll(image.plugins().keySet());
        }
        if (!unknown.isEmpty()) {
            throw new Refusal("the images were made without a plugin " + String.join(", ", unknown)
                    + ": correct --without-plugin, or leave it out");
        }
        byPid.replaceAll((pid, image) -> image.without(ids));
    }

    /** What images remember of plugins. */
    RecordedPlugins plugins() {
        return RecordedPlugins.of(
                byPid.values().stream().map(RestartImage::computation).toList());
    }

    /** The open files that are nobody's, since their plugin is left out. */
    List<OpenFile> leftOut() {
        return leftOut;
    }

    /** @throws Refusal where a plugin that has written into the images is missing */
    void requirePlugins(final PluginRegistry registry) {
        for (final RestartImage image : byPid.values()) {
            for (final String id : image.plugins().keySet()) {
                if (registry.find(id).isEmpty()) {
                    throw new Refusal(image.reader().file() + " needs the plugin \"" + id
                            + "\", which is not installed here: give its jar with --with-plugin, or do without what it"
                            + " restores by --without-plugin " + id);
                }
            }
        }
    }

    /** @throws Refusal where this host has too few huge pages for the private memory of any one process */
    private void checkHugePages() {
        for (final RestartImage image : byPid.values()) {
            final Map<Long, Long> wanted = new LinkedHashMap<>();
            for (final MappingState mapping : image.process().getMemory().getMappingsList()) {
                if (mapping.getPageSize() != 0 && mapping.getKind() == MappingState.Kind.ANONYMOUS) {
                    wanted.merge(mapping.getPageSize(), mapping.getEnd() - mapping.getStart(), Long::sum);
                }
            }
            wanted.forEach(HugePages::require);
        }
    }

    private void check(final RestartOptions options) {
        checkHugePages();
        final int uid = ProcessCalls.effectiveUid();
        for (final RestartImage image : byPid.values()) {
            final Identity identity = image.process().getIdentity();
            if (options.checkUser() && uid != 0 && identity.getRealUid() != uid) {
                throw new Refusal(image.reader().file() + " is of a process of uid " + identity.getRealUid()
                        + ", and this is uid " + uid + ": restart as that user, or use --no-strict-checking");
            }
            if (identity.getParent() != 0 && !byPid.containsKey(identity.getParent())) {
                throw new Refusal("the image of process " + identity.getParent() + ", the parent of "
                        + identity.getCommand() + " (pid " + identity.getPid()
                        + "), was not given: restart all images of the checkpoint together ("
                        + String.join(" ", image.computation().getImagesList()) + ")");
            }
        }
    }

    /** All images. */
    List<RestartImage> all() {
        return List.copyOf(byPid.values());
    }

    /** Whether the user allows that files are replaced by what they were at the checkpoint: now, or then. */
    boolean mayOverwriteFiles() {
        return overwriteFiles
                || all().stream().anyMatch(image -> image.computation().getAllowFileOverwrite());
    }

    /** What the clocks showed to the programs at the checkpoint. */
    ClockTimes clocks() {
        final Clocks clocks = byPid.values().iterator().next().computation().getClocks();
        return new ClockTimes(clocks.getMonotonic(), clocks.getBoottime(), clocks.getRealtime());
    }

    /** Images of processes without a parent in the computation, the first process first. */
    List<RestartImage> roots() {
        final List<RestartImage> roots = new ArrayList<>(children(0));
        roots.sort((a, b) -> Boolean.compare(
                b.process().getIdentity().getFirst(), a.process().getIdentity().getFirst()));
        return roots;
    }

    /** Images of the children of a process. */
    List<RestartImage> children(final int pid) {
        return byPid.values().stream()
                .filter(i -> i.process().getIdentity().getParent() == pid)
                .toList();
    }

    /** The image of that process. */
    Optional<RestartImage> find(final int pid) {
        return Optional.ofNullable(byPid.get(pid));
    }

    /** Every number that the kernel has to give: processes, threads, zombies, groups and sessions. */
    Set<Integer> ids() {
        final Set<Integer> ids = new TreeSet<>();
        for (final RestartImage image : byPid.values()) {
            final Identity identity = image.process().getIdentity();
            ids.add(identity.getPid());
            ids.add(identity.getGroup());
            ids.add(identity.getSession());
            image.process().getThreadsList().stream().map(ThreadState::getTid).forEach(ids::add);
            image.process().getZombiesList().stream().map(Zombie::getPid).forEach(ids::add);
        }
        ids.remove(0);
        return ids;
    }

    /** Writes contents that a plugin kept, whichever image holds them. */
    void writeContents(final long id, final Fd into) {
        contents(id).writeContents(id, into);
    }

    /** As {@link #writeContents(long, Fd)}, counted from a place in the file, which is not cut to size. */
    void writeContents(final long id, final Fd into, final long at) {
        contents(id).writeContents(id, into, at);
    }

    private ImageReader contents(final long id) {
        return byPid.values().stream()
                .map(RestartImage::reader)
                .filter(reader -> reader.contentsSize(id).isPresent())
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        "the images hold no contents number " + id + ": one of the checkpoint's images is missing"));
    }

    /** The image that holds the contents of a mapped file. */
    Optional<ImageReader> fileContents(final String key) {
        return byPid.values().stream()
                .map(RestartImage::reader)
                .filter(r -> r.fileContentKeys().contains(key))
                .findFirst();
    }

    @Override
    public void close() {
        byPid.values().forEach(RestartImage::close);
    }
}
