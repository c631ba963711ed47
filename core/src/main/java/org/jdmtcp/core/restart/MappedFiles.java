package org.jdmtcp.core.restart;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.core.image.ImageReader;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.core.procfs.VmFlag;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;

/**
 * The files that mappings show: each is opened once in the agent and handed to all. A file that is missing or is not the one
 * that was mapped is replaced by a copy from the images, for private mappings; a shared one has to be there, since it belongs
 * to others as well, unless its name is free: then it is made again.
 */
final class MappedFiles {
    private static final long FIRST_KEY = 1L << 32;
    private static final String DELETED = " (deleted)";
    private static final String IN_MEMORY = "/memfd:";

    private final RestartImages images;
    private final Handover handover;
    private final Map<String, Long> keys = new LinkedHashMap<>();

    MappedFiles(final RestartImages images, final Handover handover) {
        this.images = images;
        this.handover = handover;
        for (final RestartImage image : images.all()) {
            for (final MappingState mapping : image.process().getMemory().getMappingsList()) {
                if (mapping.getKind() == MappingState.Kind.FILE) {
                    open(mapping);
                }
            }
        }
    }

    /** The number under which reborn processes have the file of a mapping. */
    int number(final MappingState mapping) {
        return handover.number(java.util.Objects.requireNonNull(keys.get(name(mapping))));
    }

    /** The number of a mapped file by what a link in /proc says, for the executable; empty where it is not mapped. */
    Optional<Integer> byPath(final String link) {
        final String path = link.endsWith(DELETED) ? link.substring(0, link.length() - DELETED.length()) : link;
        for (final RestartImage image : images.all()) {
            for (final MappingState mapping : image.process().getMemory().getMappingsList()) {
                if (mapping.getKind() == MappingState.Kind.FILE
                        && mapping.getPath().equals(path)) {
                    return Optional.of(number(mapping));
                }
            }
        }
        return Optional.empty();
    }

    private static String name(final MappingState mapping) {
        return (isWritten(mapping) ? "w:" : "r:") + mapping.getFileKey();
    }

    private static boolean isWritten(final MappingState mapping) {
        return mapping.getShared() && mapping.getFlagsList().contains(VmFlag.MW.mnemonic());
    }

    private void open(final MappingState mapping) {
        if (!keys.containsKey(name(mapping))) {
            final long key = FIRST_KEY + keys.size();
            handover.add(key, file(mapping));
            keys.put(name(mapping), key);
        }
    }

    private Fd file(final MappingState mapping) {
        final int mode = isWritten(mapping) ? FileCalls.O_RDWR : FileCalls.O_RDONLY;
        final Optional<FileStatus> status = FileCalls.status(mapping.getPath());
        if (status.filter(s -> isSame(mapping, s)).isPresent() || mapping.getShared() && isUsable(mapping, status)) {
            try {
                return FileCalls.open(mapping.getPath(), mode);
            } catch (final LinuxException e) {
                throw new Refusal("the mapped file " + mapping.getPath() + " cannot be opened: " + e.getMessage(), e);
            }
        }
        if (mapping.getShared() && status.isPresent()) {
            throw new Refusal(
                    "the file " + mapping.getPath()
                            + " that the program shares is smaller now than the part that was mapped: put it back and try again");
        }
        return copy(mapping, mapping.getShared() ? Optional.of(mapping.getPath()) : Optional.empty());
    }

    // Key: device, inode, size, time of modification. The inode is another one on another host, which does not matter.
    private static boolean isSame(final MappingState mapping, final FileStatus status) {
        final String[] parts = mapping.getFileKey().split(":");
        return status.isRegular()
                && Long.parseLong(parts[2]) == status.size()
                && Long.parseLong(parts[3]) == status.modifiedNanos();
    }

    private static boolean isUsable(final MappingState mapping, final Optional<FileStatus> status) {
        return status.filter(s -> s.isRegular() && s.size() > mapping.getOffset())
                .isPresent();
    }

    private Fd copy(final MappingState mapping, final Optional<String> path) {
        final ImageReader image = images.fileContents(mapping.getFileKey())
                .orElseThrow(() -> new Refusal("the file " + mapping.getPath()
                        + " is missing or has changed, and none of the images holds its contents: put it back and try"
                        + " again"));
        final Fd file = path.isPresent()
                ? FileCalls.open(path.get(), FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_EXCL, 0600)
                : FileCalls.memoryFile(nameInMemory(mapping.getPath()));
        image.writeFileContents(mapping.getFileKey(), file);
        return file;
    }

    private static String nameInMemory(final String path) {
        return path.startsWith(IN_MEMORY)
                ? path.substring(IN_MEMORY.length())
                : path.substring(path.lastIndexOf('/') + 1);
    }
}
