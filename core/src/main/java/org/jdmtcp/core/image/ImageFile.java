package org.jdmtcp.core.image;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jdmtcp.core.image.message.Block;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileSystemCalls;
import org.jdmtcp.spi.linux.LinuxException;

/**
 * An image that is being written: where its next block goes, and the table of its blocks. Thread-safe; blocks of several
 * threads are written side by side.
 */
final class ImageFile {
    private final Path path;
    private final Fd fd;
    private final List<Block> blocks = new ArrayList<>();
    private long end = ImageFormat.HEADER_SIZE;
    private volatile LongConsumer progress = bytes -> {};

    private ImageFile(final Path path, final Fd fd) {
        this.path = path;
        this.fd = fd;
    }

    static ImageFile create(final Path path) {
        final int flags = FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_NOFOLLOW;
        try {
            return new ImageFile(path, FileCalls.open(FileNames.bytes(path), flags, 0600));
        } catch (final LinuxException e) {
            throw new ImageException(path, "cannot be created: " + explain(e), e);
        }
    }

    Path path() {
        return path;
    }

    Fd fd() {
        return fd;
    }

    void onProgress(final LongConsumer listener) {
        progress = listener;
    }

    /** The first offset behind the blocks, bytes. */
    synchronized long end() {
        return end;
    }

    synchronized List<Block> blocks() {
        return List.copyOf(blocks);
    }

    /**
     * Writes a block behind the others.
     *
     * @param block all but the offset and what comes from the bytes
     * @return the block's index
     */
    int append(final Block.Builder block, final MemorySegment stored) {
        block.setStoredSize((int) stored.byteSize()).setCrc32C(ImageFormat.crc(stored));
        final int index;
        final long offset;
        synchronized (this) {
            index = blocks.size();
            offset = end;
            end += stored.byteSize();
            blocks.add(block.setOffset(offset).build());
        }
        write(stored, offset);
        // The disk may as well begin now: it shortens the sync at the end.
        FileSystemCalls.startWriteBack(fd, offset, stored.byteSize());
        progress.accept(offset + stored.byteSize());
        return index;
    }

    /** Writes at an offset. */
    void write(final MemorySegment bytes, final long offset) {
        try {
            FileCalls.writeFully(fd, bytes, offset);
        } catch (final LinuxException e) {
            throw new ImageException(path, "cannot be written: " + explain(e), e);
        }
    }

    void sync() {
        try {
            FileCalls.sync(fd);
        } catch (final LinuxException e) {
            throw new ImageException(path, "cannot be brought to the disk: " + explain(e), e);
        }
    }

    private static String explain(final LinuxException e) {
        return switch (e.errno()) {
            case Errno.ENOSPC -> e.getMessage() + "; make room there or choose another directory for the images";
            case Errno.EDQUOT ->
                e.getMessage() + "; your disk quota is used up: choose another directory for the images";
            case Errno.EACCES, Errno.EROFS, Errno.ENOENT, Errno.ENOTDIR ->
                e.getMessage() + "; choose a directory for the images that you can write to";
            default -> e.getMessage();
        };
    }
}
