package org.jdmtcp.core.restart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.core.process.message.MemoryLayout;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.core.procfs.MappingKind;
import org.jdmtcp.core.procfs.Maps;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Turns the address space of a newborn process into that of its image. Everything that it inherited goes, except for our own
 * memory, the vdso (which is moved, since only the kernel can make one), and mappings whose pages it shares with its parent.
 */
final class MemoryRebuild {
    private static final long TASK_SIZE = 0x7fff_ffff_f000L;
    private static final int MOVE = MemoryCalls.MREMAP_MAYMOVE | MemoryCalls.MREMAP_FIXED;
    private static final int PR_SET_MM = 35;
    private static final int PR_SET_MM_MAP = 14;
    private static final int MM_MAP_SIZE = 104;
    private static final int READ_WRITE = MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE;

    private final Newborn process;
    private final RestartImage image;
    private final Layout layout;
    private final Handover handover;
    private final MappedFiles files;
    private final MappedObjectRestore objects;
    private final List<MappingState> mappings;
    private final Inheritance inheritance;

    MemoryRebuild(
            final Newborn process,
            final RestartImage image,
            final Layout layout,
            final Handover handover,
            final MappedFiles files,
            final MappedObjectRestore objects,
            final Inheritance inheritance) {
        this.process = process;
        this.image = image;
        this.layout = layout;
        this.handover = handover;
        this.files = files;
        this.objects = objects;
        this.inheritance = inheritance;
        this.mappings = image.process().getMemory().getMappingsList();
    }

    void run(final int imageNumber) {
        moveVdso();
        final Steps steps = new Steps(process);
        objects.mapOthers(process, mappings, steps);
        mappings.stream().filter(m -> !isKernels(m)).forEach(m -> map(steps, m));
        steps.run();
        new PageLoader(process, image.reader(), inheritance).load(loaded(), imageNumber);
        mappings.stream().filter(m -> !isKernels(m)).forEach(m -> MappingAdvice.apply(steps, m));
        MappingAdvice.guard(steps, image.process().getMemory().getGuardsList());
        describe(steps);
        steps.run();
    }

    private List<MappingState> loaded() {
        return mappings.stream()
                .filter(m -> m.getKind() != MappingState.Kind.VDSO && m.getKind() != MappingState.Kind.VVAR)
                .filter(m -> !m.getShared())
                .toList();
    }

    private static boolean isKernels(final MappingState mapping) {
        return mapping.getKind() == MappingState.Kind.VDSO || mapping.getKind() == MappingState.Kind.VVAR;
    }

    private void moveVdso() {
        final List<Mapping> have = Maps.read(process.pid()).mappings().stream()
                .filter(m -> m.kind() == MappingKind.VDSO || m.kind() == MappingKind.VVAR)
                .toList();
        final List<MappingState> want = mappings.stream()
                .filter(MemoryRebuild::isKernels)
                .sorted(Comparator.comparingLong(MappingState::getStart))
                .toList();
        checkSameKernel(have, want);
        final Steps steps = new Steps(process);
        long parked = layout.parking();
        for (final Mapping mapping : have) {
            steps.call(SystemCall.MREMAP, mapping.start(), mapping.length(), mapping.length(), MOVE, parked);
            parked += mapping.length();
        }
        unmapRest(steps);
        parked = layout.parking();
        long instruction = process.scratch().instruction();
        for (int i = 0; i < have.size(); i++) {
            final long size = have.get(i).length();
            steps.call(SystemCall.MREMAP, parked, size, size, MOVE, want.get(i).getStart());
            parked += size;
            if (have.get(i).contains(process.scratch().instruction())) {
                instruction += want.get(i).getStart() - have.get(i).start();
            }
        }
        steps.run();
        process.movedTo(instruction);
    }

    private void checkSameKernel(final List<Mapping> have, final List<MappingState> want) {
        boolean same = have.size() == want.size();
        for (int i = 0; same && i < have.size(); i++) {
            same = have.get(i).length() == want.get(i).getEnd() - want.get(i).getStart()
                    && have.get(i).path().equals(want.get(i).getPath());
        }
        if (!same) {
            throw new Refusal(image.reader().file() + " was written under another kernel, whose vdso has another size:"
                    + " restart it under the kernel that it was written under");
        }
    }

    private void unmapRest(final Steps steps) {
        long from = 0;
        final List<MemoryCalls.Range> keep = new ArrayList<>(inheritance.kept());
        keep.add(new MemoryCalls.Range(layout.hole(), Layout.SIZE));
        keep.sort(Comparator.comparingLong(MemoryCalls.Range::address));
        for (final MemoryCalls.Range range : keep) {
            if (range.address() > from) {
                steps.call(SystemCall.MUNMAP, from, range.address() - from);
            }
            from = range.end();
        }
        steps.call(SystemCall.MUNMAP, from, TASK_SIZE - from);
    }

    private void map(final Steps steps, final MappingState mapping) {
        final long size = mapping.getEnd() - mapping.getStart();
        if (inheritance.keeps(mapping)) {
            steps.call(SystemCall.MPROTECT, mapping.getStart(), size, READ_WRITE);
            return;
        }
        int flags = MemoryCalls.MAP_FIXED | (mapping.getShared() ? MemoryCalls.MAP_SHARED : MemoryCalls.MAP_PRIVATE);
        if (mapping.getFlagsList().contains("nr")) {
            flags |= MemoryCalls.MAP_NORESERVE;
        }
        if (mapping.getFlagsList().contains("gd")) {
            flags |= MemoryCalls.MAP_GROWSDOWN | MemoryCalls.MAP_STACK;
        }
        final int prot = mapping.getShared() ? mapping.getProt() : READ_WRITE;
        if (mapping.getPageSize() != 0 && mapping.getKind() == MappingState.Kind.ANONYMOUS) {
            flags |= MemoryCalls.MAP_HUGETLB
                    | Long.numberOfTrailingZeros(mapping.getPageSize()) << MemoryCalls.MAP_HUGE_SHIFT;
        }
        switch (mapping.getKind()) {
            case ANONYMOUS ->
                steps.call(SystemCall.MMAP, mapping.getStart(), size, prot, flags | MemoryCalls.MAP_ANONYMOUS, -1, 0);
            case FILE -> mapFile(steps, mapping, prot, flags, files.number(mapping));
            case OPEN_FILE -> mapFile(steps, mapping, prot, flags, handover.number(mapping.getOpenFile()));
            case OBJECT -> {
                if (objects.isFile(mapping)) {
                    mapFile(steps, mapping, prot, flags, objects.number(mapping));
                }
            }
            case VDSO, VVAR -> {}
            case UNRECOGNIZED ->
                throw new Refusal(image.reader().file() + " has a mapping of a kind that is unknown here");
        }
    }

    private static void mapFile(
            final Steps steps, final MappingState mapping, final int prot, final int flags, final int number) {
        steps.call(
                SystemCall.MMAP,
                mapping.getStart(),
                mapping.getEnd() - mapping.getStart(),
                prot,
                flags,
                number,
                mapping.getOffset());
    }

    // struct prctl_mm_map of linux/prctl.h: what /proc/PID shows of the program, and where brk continues.
    private void describe(final Steps steps) {
        final MemoryLayout memory = image.process().getMemory();
        // Who inherits mappings has inherited the executable with them, and it cannot be set while it is mapped
        // (EBUSY).
        final Optional<Integer> executable = inheritance == Inheritance.NONE && !hasExecutable(memory.getExecutable())
                ? files.byPath(memory.getExecutable())
                : Optional.empty();
        final ByteBuffer map = ByteBuffer.allocate(MM_MAP_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        map.putLong(memory.getStartCode()).putLong(memory.getEndCode());
        map.putLong(memory.getStartData()).putLong(memory.getEndData());
        map.putLong(memory.getStartBrk()).putLong(memory.getBrk());
        map.putLong(memory.getStartStack());
        map.putLong(memory.getArgStart()).putLong(memory.getArgEnd());
        map.putLong(memory.getEnvStart()).putLong(memory.getEnvEnd());
        final byte[] auxv = memory.getAuxv().toByteArray();
        map.putLong(steps.batch().put(auxv)).putInt(auxv.length);
        map.putInt(executable.orElse(-1));
        steps.call(SystemCall.PRCTL, PR_SET_MM, PR_SET_MM_MAP, steps.batch().put(map.array()), MM_MAP_SIZE, 0);
    }

    // So has the child of a process whose memory was made before: then the file is mapped, and cannot be set again.
    private boolean hasExecutable(final String path) {
        return FileCalls.readLink("/proc/" + process.pid() + "/exe")
                .filter(path::equals)
                .isPresent();
    }
}
