package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_DIRECT;
import static org.jdmtcp.spi.linux.FileCalls.O_NONBLOCK;
import static org.jdmtcp.spi.linux.FileCalls.O_WRONLY;

import com.google.protobuf.ByteString;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.LongSupplier;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.PipeCalls;

/**
 * What waits in a pipe or FIFO, read without taking it out, and put back later with the same packet boundaries.
 *
 * <p>{@code tee(2)} copies the pipe's buffers, each with its packet mark, to a pipe of our own. A read there returns stream
 * bytes up to and including the next packet, and throws away what of a packet did not fit. So:
 * <ol>
 *   <li>one stream byte is put behind the copy: a read that stops before it has stopped at the end of a packet;
 *   <li>where in such a piece the packet begins is found on further copies: after reading {@code n} bytes the whole piece
 *       is gone if they reached into the packet, and {@code n} bytes are gone if not.
 * </ol>
 */
final class PipeContents {
    private static final int MAX_CAPACITY = 1 << 30;

    private PipeContents() {}

    /**
     * @param source a read end of the pipe, which must not be written or read meanwhile
     * @param who the descriptor in words, for a refusal
     * @throws Refusal where the kernel's limits do not allow a second pipe of that size
     */
    static PipeData capture(final Fd source, final String who) {
        final PipeData.Builder data = PipeData.newBuilder();
        final int size = PipeCalls.available(source);
        if (size == 0) {
            return data.build();
        }
        try (Arena arena = Arena.ofConfined();
                Copy copy = new Copy(PipeCalls.capacity(source));
                Copy trial = new Copy(PipeCalls.capacity(source))) {
            if (copy.fillFrom(source, size) != size) {
                throw new Refusal(
                        who + " holds " + size + " bytes, more than a second pipe may hold for this user; raise"
                                + " /proc/sys/fs/pipe-max-size and pipe-user-pages-soft, or checkpoint as root");
            }
            final MemorySegment buffer = MemoryCalls.allocate(arena, size + 1L);
            int left = size + (copy.addByte(arena) ? 1 : 0);
            for (int rest = size; rest > 0; ) {
                final int n = copy.firstRead(trial, left, buffer);
                final boolean packet = n < left;
                final int length = Math.min(n, rest);
                final byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
                final int packetAt = packet ? copy.startOfPacket(trial, left, length, arena) : length;
                add(data, bytes, 0, packetAt, false);
                add(data, bytes, packetAt, length, true);
                copy.drop(buffer);
                rest -= length;
                left -= n;
            }
        }
        return data.build();
    }

    private static void add(
            final PipeData.Builder data, final byte[] bytes, final int from, final int to, final boolean packet) {
        if (from < to) {
            data.addPieces(PipeData.Piece.newBuilder()
                    .setData(ByteString.copyFrom(bytes, from, to - from))
                    .setPacket(packet));
        }
    }

    /**
     * Fills an empty pipe. Its capacity is raised where the data need it: buffers that were spliced may have been larger
     * than a page.
     *
     * <p>The kernel appends a packet to stream bytes that leave room in their page, and it is none then. So stream bytes
     * before a packet go through {@code tee(2)}, after which nothing is appended to them.
     *
     * @param end any end of the pipe; a writer of our own is opened through it and closed again
     */
    static void refill(final Fd end, final PipeData data) {
        final List<PipeData.Piece> pieces = data.getPiecesList();
        try (Arena arena = Arena.ofConfined();
                Fd writer = StatusFlags.reopen(end, O_WRONLY | O_NONBLOCK)) {
            for (int i = 0; i < pieces.size(); i++) {
                final PipeData.Piece piece = pieces.get(i);
                final MemorySegment bytes = arena.allocateFrom(
                        ValueLayout.JAVA_BYTE, piece.getData().toByteArray());
                StatusFlags.set(writer, O_NONBLOCK | (piece.getPacket() ? O_DIRECT : 0));
                if (!piece.getPacket() && i + 1 < pieces.size()) {
                    putSealed(writer, bytes);
                } else {
                    put(writer, bytes);
                }
            }
        }
    }

    private static void put(final Fd writer, final MemorySegment bytes) {
        for (long done = 0; done < bytes.byteSize(); ) {
            final MemorySegment rest = bytes.asSlice(done);
            done += growing(writer, () -> FileCalls.write(writer, rest), "write to a pipe");
        }
    }

    private static void putSealed(final Fd writer, final MemorySegment bytes) {
        try (Copy page = new Copy(Linux.PAGE_SIZE)) {
            for (long done = 0; done < bytes.byteSize(); ) {
                final MemorySegment part = bytes.asSlice(done, Math.min(Linux.PAGE_SIZE, bytes.byteSize() - done));
                Linux.check(FileCalls.write(page.write, part), "write to a pipe");
                done += growing(writer, () -> PipeCalls.tee(page.read, writer, part.byteSize()), "tee");
                page.empty();
            }
        }
    }

    /** Tries again with more capacity as long as there is no room. */
    private static long growing(final Fd pipe, final LongSupplier attempt, final String what) {
        long result = attempt.getAsLong();
        while (result == -Errno.EAGAIN) {
            grow(pipe);
            result = attempt.getAsLong();
        }
        return Linux.check(result, what);
    }

    private static void grow(final Fd pipe) {
        final int capacity = PipeCalls.capacity(pipe);
        if (capacity >= MAX_CAPACITY) {
            throw new Refusal("a pipe's data do not fit into " + capacity + " bytes; the image is damaged");
        }
        Linux.check(
                PipeCalls.setCapacity(pipe, 2 * capacity),
                "fcntl(F_SETPIPE_SZ, " + 2 * capacity + "), needed for the data that was in a pipe");
    }

    /** Gives a pipe its capacity; a lesser one where this user may not have it is told. */
    static void setCapacity(final Fd pipe, final int capacity, final RestoreContext context) {
        if (PipeCalls.capacity(pipe) == capacity) {
            return;
        }
        final long got = PipeCalls.setCapacity(pipe, capacity);
        if (Errno.isError(got)) {
            context.warn("a pipe had room for " + capacity + " bytes and has " + PipeCalls.capacity(pipe) + " now ("
                    + Errno.name((int) -got) + "); raise /proc/sys/fs/pipe-max-size for the old size");
        }
    }

    /** A pipe of our own that buffers are copied to. */
    private static final class Copy implements AutoCloseable {
        private final Fd read;
        private final Fd write;

        Copy(final int capacity) {
            final Fd[] ends = FileCalls.pipe(O_NONBLOCK);
            read = ends[0];
            write = ends[1];
            // Room for one buffer more is wanted, as much room is needed. Whether it was granted shows in the copying.
            if (Errno.isError(PipeCalls.setCapacity(write, 2 * capacity))) {
                PipeCalls.setCapacity(write, capacity);
            }
        }

        long fillFrom(final Fd source, final int size) {
            return Linux.check(PipeCalls.tee(source, write, size), "tee");
        }

        /** False where there is no room: then all is taken for a stream unless it shows otherwise. */
        boolean addByte(final Arena arena) {
            return FileCalls.write(write, arena.allocate(1)) == 1;
        }

        /** How many bytes the next read returns; leaves them in place. The bytes go to the buffer. */
        int firstRead(final Copy trial, final int left, final MemorySegment buffer) {
            trial.copyOf(this, left);
            final int n = (int) Linux.check(FileCalls.read(trial.read, buffer), "read of a pipe's copy");
            trial.empty();
            return n;
        }

        /** Where in the next piece, which ends with a packet, that packet begins. */
        int startOfPacket(final Copy trial, final int left, final int length, final Arena arena) {
            // INVARIANT: reading `low` bytes does not reach into the packet, reading `high` bytes does.
            int low = 0;
            int high = length;
            final MemorySegment buffer = MemoryCalls.allocate(arena, length);
            while (low + 1 < high) {
                // The packet at the very start is by far the most likely: try that first.
                final int middle = low == 0 && high == length ? 1 : (low + high) >>> 1;
                trial.copyOf(this, left);
                Linux.check(FileCalls.read(trial.read, buffer.asSlice(0, middle)), "read of a pipe's copy");
                final boolean reached = left - PipeCalls.available(trial.read) == length;
                trial.empty();
                if (reached) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            return low;
        }

        private void copyOf(final Copy other, final int size) {
            Linux.check(PipeCalls.tee(other.read, write, size), "tee");
        }

        private void empty() {
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment bin = MemoryCalls.allocate(arena, Math.max(1, PipeCalls.capacity(read)));
                while (PipeCalls.available(read) > 0) {
                    drop(bin);
                }
            }
        }

        /** Takes the next piece out. */
        void drop(final MemorySegment buffer) {
            Linux.check(FileCalls.read(read, buffer), "read of a pipe's copy");
        }

        @Override
        public void close() {
            read.close();
            write.close();
        }
    }
}
