package org.jdmtcp.plugin.shm;

import com.google.protobuf.ByteString;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;

/** Calls on POSIX message queues ({@code mq_overview(7)}) by descriptors of the agent, all of them not waiting. */
final class QueueCalls {
    /** struct mq_attr of linux/mqueue.h, all longs: mq_flags at 0, mq_maxmsg at 8, mq_msgsize at 16, mq_curmsgs at 24. */
    static final int ATTRIBUTES_SIZE = 64;

    static final int MAX_MESSAGES = 8;
    static final int MAX_SIZE = 16;

    private QueueCalls() {}

    /** Messages that a queue may hold, and bytes that one may have. */
    record Attributes(long maxMessages, long maxSize) {}

    static Attributes attributes(final Fd queue) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment now = arena.allocate(ATTRIBUTES_SIZE, 8);
            Linux.call(SystemCall.MQ_GETSETATTR, queue.number(), 0, now.address());
            return new Attributes(
                    now.get(ValueLayout.JAVA_LONG, MAX_MESSAGES), now.get(ValueLayout.JAVA_LONG, MAX_SIZE));
        }
    }

    /** Another open file of the queue, for reading and writing, not waiting. @throws LinuxException EACCES */
    static Fd reopen(final Fd queue) {
        return FileCalls.open("/proc/self/fd/" + queue.number(), FileCalls.O_RDWR | FileCalls.O_NONBLOCK);
    }

    /** Takes all messages, in the order in which they are received. */
    static List<PosixQueuesState.Message> takeAll(final Fd queue, final long maxSize) {
        final List<PosixQueuesState.Message> messages = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(maxSize, 8);
            final MemorySegment priority = arena.allocate(8, 8);
            long size = receive(queue, buffer, priority);
            while (size >= 0) {
                messages.add(PosixQueuesState.Message.newBuilder()
                        .setPriority(priority.get(ValueLayout.JAVA_INT, 0))
                        .setData(ByteString.copyFrom(buffer.asSlice(0, size).asByteBuffer()))
                        .build());
                size = receive(queue, buffer, priority);
            }
            if (size != -Errno.EAGAIN) {
                throw new LinuxException("mq_timedreceive", (int) -size);
            }
        }
        return messages;
    }

    private static long receive(final Fd queue, final MemorySegment buffer, final MemorySegment priority) {
        return Linux.raw(
                SystemCall.MQ_TIMEDRECEIVE,
                queue.number(),
                buffer.address(),
                buffer.byteSize(),
                priority.address(),
                0,
                0);
    }

    /** Puts messages into a queue, in this order: of equal priority the first is received first. */
    static void sendAll(final Fd queue, final List<PosixQueuesState.Message> messages) {
        try (Arena arena = Arena.ofConfined()) {
            for (final PosixQueuesState.Message message : messages) {
                final byte[] bytes = message.getData().toByteArray();
                final MemorySegment data = arena.allocate(Math.max(1, bytes.length));
                MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
                Linux.call(
                        SystemCall.MQ_TIMEDSEND,
                        queue.number(),
                        data.address(),
                        bytes.length,
                        message.getPriority(),
                        0,
                        0);
            }
        }
    }

    /** What a read of a queue's descriptor tells: {@code QSIZE:0 NOTIFY:0 SIGNO:10 NOTIFY_PID:812}. */
    static String status(final Fd queue) {
        try (Arena arena = Arena.ofConfined();
                Fd own = reopen(queue)) {
            final MemorySegment text = arena.allocate(256);
            final long size = Linux.check(FileCalls.read(own, text), "read of a message queue's status");
            return new String(text.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
        }
    }
}
