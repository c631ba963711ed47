package org.jdmtcp.core.procfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All mappings of a process by ascending address: {@code /proc/PID/maps}, or the richer {@code /proc/PID/smaps}. A process
 * without memory (a zombie) has none.
 *
 * <p>maps costs about 1 us a line; smaps walks the page tables of every mapping, which takes milliseconds per GiB in use. Read
 * maps first, and smaps only where flags matter.
 */
public record Maps(List<Mapping> mappings) {
    public Maps {
        mappings = List.copyOf(mappings);
    }

    /** From maps: {@link Mapping#details} is null. */
    public static Maps read(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "maps"));
    }

    /** From smaps: every mapping has {@link Mapping#details}. */
    public static Maps readDetailed(int pid) {
        return parse(ProcFile.read(ProcDir.of(pid), "smaps"));
    }

    /** The text of maps or of smaps. */
    public static Maps parse(byte[] text) {
        return parse(new ByteText("maps", text));
    }

    static Maps parse(ByteText text) {
        List<Mapping> found = new ArrayList<>();
        while (!text.atEnd()) {
            Mapping mapping = Mapping.parse(text);
            found.add(MappingDetails.isDetail(text.peek()) ? mapping.withDetails(MappingDetails.parse(text)) : mapping);
        }
        return new Maps(found);
    }

    /** The mapping that holds this address. */
    public Optional<Mapping> at(long address) {
        int low = 0;
        int high = mappings.size() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            Mapping mapping = mappings.get(middle);
            if (mapping.contains(address)) {
                return Optional.of(mapping);
            }
            if (Long.compareUnsigned(address, mapping.start()) < 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return Optional.empty();
    }

    /**
     * These mappings with the details of those in {@code smaps} that have the same bounds. The kernel may show neighbours that it
     * could merge as one at another time; a mapping that is not found keeps the details that it had.
     */
    public Maps withDetails(Maps smaps) {
        List<Mapping> merged = new ArrayList<>(mappings.size());
        for (Mapping mapping : mappings) {
            Mapping match = smaps.at(mapping.start()).orElse(mapping);
            MappingDetails details = match.details();
            boolean same = match.start() == mapping.start() && match.end() == mapping.end();
            merged.add(same && details != null ? mapping.withDetails(details) : mapping);
        }
        return new Maps(merged);
    }
}
