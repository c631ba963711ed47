package org.jdmtcp.core.checkpoint;

import com.google.common.collect.Range;
import com.google.common.collect.RangeSet;
import com.google.common.collect.TreeRangeSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.image.MappedPart;
import org.jdmtcp.core.memory.ResidentPages;
import org.jdmtcp.core.procfs.MapFiles;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.view.MappingView;
import org.jspecify.annotations.Nullable;

/** A mapped object of the computation while everything is stopped. Closing it closes the agent's descriptor of it. */
final class MappedObjectView implements MappingView, AutoCloseable {
    private final MappedObjects all;
    private final long id;
    private final long device;
    private final Mapping first;
    private final List<Shown> shown = new ArrayList<>();
    private @Nullable Fd fd;
    private boolean opened;

    /** A mapping, and whether some of its pages are swapped out. */
    private record Shown(FrozenProcess process, Place place, boolean swapped) {}

    /** @param id unique in the checkpoint */
    MappedObjectView(final MappedObjects all, final long id, final long device, final Mapping first) {
        this.all = all;
        this.id = id;
        this.device = device;
        this.first = first;
    }

    long id() {
        return id;
    }

    void add(final FrozenProcess process, final Place place, final boolean swapped) {
        shown.add(new Shown(process, place, swapped));
    }

    /** The process whose image tells of the object. */
    int owner() {
        return shown.getFirst().process.ownPid();
    }

    @Override
    public List<Place> places() {
        return shown.stream().map(Shown::place).toList();
    }

    @Override
    public String path() {
        return first.path();
    }

    @Override
    public boolean isDeleted() {
        return first.deleted();
    }

    @Override
    public long device() {
        return device;
    }

    @Override
    public long inode() {
        return first.inode();
    }

    @Override
    public Optional<Fd> open() {
        if (!opened) {
            opened = true;
            fd = byName().or(this::byMapping).orElse(null);
        }
        return Optional.ofNullable(fd);
    }

    private Optional<Fd> byName() {
        final Optional<FileStatus> status = isDeleted() ? Optional.empty() : FileCalls.status(path());
        return status.filter(s -> s.isRegular() && s.inode() == inode()).flatMap(_ -> tryOpen(path()));
    }

    private Optional<Fd> byMapping() {
        final Shown any = shown.getFirst();
        return tryOpen(MapFiles.path(any.process.mainThread().tid(), any.place.start(), any.place.end()));
    }

    private static Optional<Fd> tryOpen(final String path) {
        try {
            return Optional.of(FileCalls.open(path, FileCalls.O_RDONLY));
        } catch (final LinuxException e) {
            if (e.errno() == Errno.EPERM || e.errno() == Errno.EACCES || e.errno() == Errno.ENXIO) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public long keepContents(final long size) {
        final Optional<Fd> file = open();
        if (file.isPresent()) {
            all.keep(new Kept(owner(), image -> image.contents(id, file.get(), size)));
        } else {
            final List<MappedPart> parts = parts(size);
            all.keep(new Kept(owner(), image -> image.contents(id, parts, size)));
        }
        return id;
    }

    // Each byte once, from the first mapping that shows it.
    private List<MappedPart> parts(final long size) {
        final RangeSet<Long> missing = TreeRangeSet.create();
        missing.add(Range.closedOpen(0L, roundUp(size)));
        final List<MappedPart> parts = new ArrayList<>();
        for (final Shown each : shown) {
            final Place place = each.place;
            final Range<Long> offers = Range.closedOpen(place.offset(), place.offset() + place.size());
            for (final Range<Long> part :
                    List.copyOf(missing.subRangeSet(offers).asRanges())) {
                parts.addAll(resident(each, part));
            }
            missing.remove(offers);
        }
        parts.sort(Comparator.comparingLong(MappedPart::offset));
        return parts;
    }

    private static long roundUp(final long size) {
        return (size + Linux.PAGE_SIZE - 1) / Linux.PAGE_SIZE * Linux.PAGE_SIZE;
    }

    // The kernel does not say which pages of hugetlb memory exist, and takes swapped ones for missing.
    private static List<MappedPart> resident(final Shown each, final Range<Long> part) {
        final Place place = each.place;
        final long start = place.start() + part.lowerEndpoint() - place.offset();
        final MemoryCalls.Range memory = new MemoryCalls.Range(start, part.upperEndpoint() - part.lowerEndpoint());
        final boolean known = !each.swapped && place.pageSize() == Linux.PAGE_SIZE;
        final List<MemoryCalls.Range> pages = known ? ResidentPages.of(place.process(), memory) : List.of(memory);
        return pages.stream()
                .map(r -> new MappedPart(
                        each.process.mainThread().tid(), r, r.address() - place.start() + place.offset()))
                .toList();
    }

    @Override
    public String describe() {
        final Shown any = shown.getFirst();
        return "the mapping " + path() + " at 0x" + Long.toHexString(any.place.start()) + " of "
                + any.process.describe();
    }

    @Override
    public void close() {
        final Fd open = fd;
        if (open != null) {
            open.close();
        }
    }
}
