package org.jdmtcp.core.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.core.procfs.MappingDetails;
import org.jdmtcp.core.procfs.VmFlag;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.FileSystemCalls;

/** The mappings of one process: what each one is, where its contents are to be found, who restores it. */
final class MappingCapture {
    private static final VmFlag[] RESTORED = {
        VmFlag.GD, VmFlag.LO, VmFlag.LF, VmFlag.NR, VmFlag.DC, VmFlag.DD, VmFlag.WF, VmFlag.HG, VmFlag.NH, VmFlag.MG,
        VmFlag.SR, VmFlag.RR, VmFlag.MW, VmFlag.AC, VmFlag.HT
    };
    private static final VmFlag[] REFUSED = {VmFlag.IO, VmFlag.PF, VmFlag.UM, VmFlag.UW, VmFlag.SS};
    private static final long DEV_ZERO = 1L << 32 | 5;
    private static final String HUGE_PAGES = "/anon_hugepage";

    private final FrozenProcess process;
    private final OpenFiles files;
    private final FileSources sources;
    private final MappedObjects objects;
    private final List<MemoryArea> areas = new ArrayList<>();
    private final List<MappingState> states = new ArrayList<>();

    /**
     * Memory whose pages go to the image.
     *
     * @param fileBacked whether a file shows through where no page is
     * @param whole whether every page counts, since the file is out of reach
     * @param forked whether a fork copies it
     */
    record MemoryArea(long start, long end, boolean fileBacked, boolean whole, boolean forked, String backing) {}

    MappingCapture(
            final FrozenProcess process,
            final OpenFiles files,
            final FileSources sources,
            final MappedObjects objects) {
        this.process = process;
        this.files = files;
        this.sources = sources;
        this.objects = objects;
        for (final Mapping mapping : process.maps().mappings()) {
            capture(mapping);
        }
    }

    List<MappingState> states() {
        return states;
    }

    List<MemoryArea> areas() {
        return areas;
    }

    private void capture(final Mapping mapping) {
        switch (mapping.kind()) {
            case VSYSCALL -> {}
            case VDSO -> states.add(state(mapping, MappingState.Kind.VDSO).build());
            case VVAR -> states.add(state(mapping, MappingState.Kind.VVAR).build());
            case ANONYMOUS, ANONYMOUS_NAMED, HEAP, STACK -> anonymous(mapping);
            case ANONYMOUS_SHARED, MEMFD -> nameless(mapping);
            case FILE -> file(mapping);
            case SYSV_SHM -> object(mapping);
            case OTHER_SPECIAL -> throw refuse(mapping, "is made by the kernel for a purpose unknown here");
        }
    }

    private void anonymous(final Mapping mapping) {
        final MappingState.Builder state = state(mapping, MappingState.Kind.ANONYMOUS);
        Optional.ofNullable(mapping.anonymousName()).ifPresent(state::setName);
        states.add(state.build());
        areas.add(area(mapping, false, false));
    }

    private void file(final Mapping mapping) {
        final Optional<Mapping> semaphore = objects.semaphores().named(mapping);
        if (semaphore.isPresent()) {
            object(semaphore.get());
            return;
        }
        final Optional<FileStatus> status = mapping.deleted() ? Optional.empty() : FileCalls.status(mapping.path());
        final boolean there = status.filter(s -> s.inode() == mapping.inode()).isPresent();
        if (there && status.orElseThrow().type() == FileStatus.S_IFCHR) {
            device(mapping, status.orElseThrow());
        } else if (there && mapping.shared() && FileSystemCalls.isInMemory(mapping.path())) {
            object(mapping);
        } else if (there) {
            named(mapping, FileSource.named(mapping, status.orElseThrow()));
        } else if (mapping.path().equals(HUGE_PAGES) && !mapping.shared()) {
            anonymous(mapping);
        } else {
            nameless(mapping);
        }
    }

    private void device(final Mapping mapping, final FileStatus status) {
        if (status.rdev() != DEV_ZERO || mapping.shared()) {
            throw refuse(mapping, "is a device");
        }
        anonymous(mapping);
    }

    private void named(final Mapping mapping, final FileSource source) {
        sources.add(process, source, mapping);
        states.add(
                state(mapping, MappingState.Kind.FILE).setFileKey(source.key()).build());
        if (!mapping.shared()) {
            areas.add(area(mapping, true, false));
        }
    }

    // The name is gone or is another file's: the file itself is still there for who may open it, else its pages are.
    private void gone(final Mapping mapping) {
        final Optional<FileSource> source = FileSource.nameless(process, mapping);
        if (source.isPresent()) {
            named(mapping, source.get());
        } else {
            states.add(state(mapping, MappingState.Kind.ANONYMOUS).build());
            areas.add(area(mapping, false, true));
        }
    }

    private void nameless(final Mapping mapping) {
        final String name = mapping.path() + (mapping.deleted() ? " (deleted)" : "");
        final Optional<OpenFileView> file = files.behind(process, mapping, name);
        if (file.isPresent()) {
            openFile(mapping, file.get());
        } else if (mapping.shared()) {
            object(mapping);
        } else {
            gone(mapping);
        }
    }

    private void openFile(final Mapping mapping, final OpenFileView file) {
        states.add(state(mapping, MappingState.Kind.OPEN_FILE)
                .setOpenFile(file.id())
                .build());
        if (!mapping.shared()) {
            areas.add(area(mapping, true, false));
        }
    }

    private void object(final Mapping mapping) {
        states.add(state(mapping, MappingState.Kind.OBJECT)
                .setObject(objects.add(process, mapping))
                .build());
    }

    private MappingState.Builder state(final Mapping mapping, final MappingState.Kind kind) {
        final MappingState.Builder state = MappingState.newBuilder()
                .setKind(kind)
                .setStart(mapping.start())
                .setEnd(mapping.end())
                .setProt(mapping.prot())
                .setShared(mapping.shared())
                .setOffset(mapping.offset())
                .setPath(mapping.path());
        if (kind == MappingState.Kind.VDSO || kind == MappingState.Kind.VVAR) {
            return state;
        }
        final MappingDetails details = Objects.requireNonNull(mapping.details(), "smaps lacks a mapping of maps");
        for (final VmFlag flag : REFUSED) {
            if (details.flags().has(flag)) {
                throw refuse(mapping, "has the flag " + flag.mnemonic() + " of /proc/PID/smaps");
            }
        }
        if (details.flags().has(VmFlag.HT)) {
            state.setPageSize(details.kernelPageSize());
        }
        for (final VmFlag flag : RESTORED) {
            if (details.flags().has(flag)) {
                state.addFlags(flag.mnemonic());
            }
        }
        return state;
    }

    private static MemoryArea area(final Mapping mapping, final boolean fileBacked, final boolean whole) {
        final MappingDetails details = mapping.details();
        // When the huge pages are used up the kernel takes them from a copy, for the original that writes.
        final boolean forked = details == null
                || !details.flags().has(VmFlag.DC)
                        && !details.flags().has(VmFlag.WF)
                        && !details.flags().has(VmFlag.HT);
        final String backing = fileBacked ? mapping.inode() + "+" + (mapping.offset() - mapping.start()) : "";
        return new MemoryArea(mapping.start(), mapping.end(), fileBacked, whole, forked, backing);
    }

    private Refusal refuse(final Mapping mapping, final String why) {
        return new Refusal("the mapping " + mapping.path() + " at 0x" + Long.toHexString(mapping.start()) + " of "
                + process.describe() + " " + why + ": it cannot be restored");
    }
}
