package org.jdmtcp.plugin.socket;

import com.google.protobuf.ByteString;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** What is in queues, which may be many megabytes: on its way to an image and back it does not pass through the Java heap. */
final class Bulk {
    /** What is not larger goes into the message. */
    private static final int SMALL = 4096;

    private static final String NAME = "queue";

    private Bulk() {}

    /** Has bytes kept in the image of an open file's process. */
    static Data keep(final DescriptorView descriptor, final MemorySegment bytes) {
        if (bytes.byteSize() <= SMALL) {
            return Data.newBuilder()
                    .setBytes(ByteString.copyFrom(bytes.asByteBuffer()))
                    .setSize((int) bytes.byteSize())
                    .build();
        }
        final Fd file = FileCalls.memoryFile(NAME);
        FileCalls.writeFully(file, bytes, 0);
        return Data.newBuilder()
                .setContents(descriptor.keepContents(file, bytes.byteSize()))
                .setSize((int) bytes.byteSize())
                .build();
    }

    /** The bytes again. */
    static MemorySegment load(final Data data, final RestoreContext context, final Arena arena) {
        if (data.getSize() <= SMALL) {
            final MemorySegment bytes = arena.allocate(Math.max(1, data.getSize()));
            bytes.asByteBuffer().put(data.getBytes().asReadOnlyByteBuffer());
            return bytes.asSlice(0, data.getSize());
        }
        try (Fd file = FileCalls.memoryFile(NAME)) {
            context.writeContents(data.getContents(), file);
            return MemoryCalls.mapReadOnly(arena, file, 0, data.getSize());
        }
    }
}
