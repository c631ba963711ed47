package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SocketCalls;

/** Options of a socket that a program can read back and set ({@code socket(7)}, {@code asm-generic/socket.h}). */
final class SocketOptions {
    private static final int SO_SNDBUF = SocketCalls.SO_SNDBUF;
    private static final int SO_RCVBUF = 8;
    static final int SO_BUF_LOCK = 72;
    private static final int SOCK_SNDBUF_LOCK = 1;
    private static final int SOCK_RCVBUF_LOCK = 2;
    private static final int TIMEVAL_SIZE = 16;
    private static final int LINGER_SIZE = 8;

    /** @param size most bytes of its value */
    record Option(int level, int name, int size, String word) {
        Option(final int name, final int size, final String word) {
            this(SOL_SOCKET, name, size, word);
        }
    }

    private static final List<Option> OPTIONS = List.of(
            new Option(1, 4, "SO_DEBUG"),
            new Option(2, 4, "SO_REUSEADDR"),
            new Option(5, 4, "SO_DONTROUTE"),
            new Option(6, 4, "SO_BROADCAST"),
            new Option(SO_SNDBUF, 4, "SO_SNDBUF"),
            new Option(SO_RCVBUF, 4, "SO_RCVBUF"),
            new Option(9, 4, "SO_KEEPALIVE"),
            new Option(10, 4, "SO_OOBINLINE"),
            new Option(12, 4, "SO_PRIORITY"),
            new Option(13, LINGER_SIZE, "SO_LINGER"),
            new Option(15, 4, "SO_REUSEPORT"),
            new Option(16, 4, "SO_PASSCRED"),
            new Option(18, 4, "SO_RCVLOWAT"),
            new Option(20, TIMEVAL_SIZE, "SO_RCVTIMEO"),
            new Option(21, TIMEVAL_SIZE, "SO_SNDTIMEO"),
            new Option(29, 4, "SO_TIMESTAMP"),
            new Option(34, 4, "SO_PASSSEC"),
            new Option(35, 4, "SO_TIMESTAMPNS"),
            new Option(36, 4, "SO_MARK"),
            new Option(40, 4, "SO_RXQ_OVFL"),
            new Option(SocketCalls.SO_PEEK_OFF, 4, "SO_PEEK_OFF"),
            new Option(43, 4, "SO_NOFCS"),
            new Option(63, 4, "SO_TIMESTAMP_NEW"),
            new Option(64, 4, "SO_TIMESTAMPNS_NEW"),
            new Option(76, 4, "SO_PASSPIDFD"),
            new Option(83, 4, "SO_PASSRIGHTS"));

    private SocketOptions() {}

    /** What every socket has. */
    static List<SocketOption> capture(final Fd socket) {
        return capture(socket, List.of());
    }

    /** What every socket has, and more. */
    static List<SocketOption> capture(final Fd socket, final List<Option> more) {
        final List<SocketOption> captured = new ArrayList<>();
        capture(socket, OPTIONS, captured);
        capture(socket, more, captured);
        return captured;
    }

    private static void capture(final Fd socket, final List<Option> options, final List<SocketOption> captured) {
        for (final Option option : options) {
            SocketCalls.option(socket, option.level, option.name, option.size)
                    .ifPresent(value -> captured.add(SocketOption.newBuilder()
                            .setLevel(option.level)
                            .setName(option.name)
                            .setValue(ByteString.copyFrom(value))
                            .build()));
        }
    }

    /** Sets what differs. What this user or this kernel does not allow is told. */
    static void restore(final Fd socket, final List<SocketOption> options, final RestoreContext context) {
        for (final SocketOption option : options) {
            final byte[] wanted = option.getValue().toByteArray();
            final Optional<byte[]> now = SocketCalls.option(socket, option.getLevel(), option.getName(), wanted.length);
            if (now.isPresent() && Arrays.equals(now.get(), wanted)) {
                continue;
            }
            final long result = set(socket, option, wanted);
            if (Errno.isError(result) && !isGrown(option, options)) {
                context.warn("the socket option " + word(option) + " could not be restored: "
                        + Errno.message((int) -result));
            }
        }
    }

    // A buffer's size that the kernel chose, and goes on choosing, is no promise.
    private static boolean isGrown(final SocketOption option, final List<SocketOption> all) {
        if (option.getLevel() != SOL_SOCKET || option.getName() != SO_SNDBUF && option.getName() != SO_RCVBUF) {
            return false;
        }
        final int lock = option.getName() == SO_SNDBUF ? SOCK_SNDBUF_LOCK : SOCK_RCVBUF_LOCK;
        return number(all, SOL_SOCKET, SO_BUF_LOCK)
                .filter(locks -> (locks & lock) == 0)
                .isPresent();
    }

    /** The value of an option among others, a number. */
    static Optional<Integer> number(final List<SocketOption> options, final int level, final int name) {
        return options.stream()
                .filter(option -> option.getLevel() == level && option.getName() == name)
                .map(option -> number(option.getValue().toByteArray()))
                .findFirst();
    }

    static int number(final byte[] value) {
        return java.nio.ByteBuffer.wrap(value)
                .order(java.nio.ByteOrder.nativeOrder())
                .getInt();
    }

    private static long set(final Fd socket, final SocketOption option, final byte[] wanted) {
        if (option.getLevel() == SOL_SOCKET && (option.getName() == SO_SNDBUF || option.getName() == SO_RCVBUF)) {
            return setBuffer(socket, option.getName(), wanted);
        }
        return SocketCalls.setOption(socket, option.getLevel(), option.getName(), wanted);
    }

    // The kernel doubles what it is given, and caps it for who is not privileged.
    private static long setBuffer(final Fd socket, final int name, final byte[] wanted) {
        final int size = number(wanted);
        SocketCalls.setOption(socket, SOL_SOCKET, name, size / 2);
        if (SocketCalls.intOption(socket, SOL_SOCKET, name) == size) {
            return 0;
        }
        final int force = name == SO_SNDBUF ? SocketCalls.SO_SNDBUFFORCE : SocketCalls.SO_RCVBUFFORCE;
        return SocketCalls.setOption(socket, SOL_SOCKET, force, size / 2);
    }

    /** The option's name for people. */
    static String word(final SocketOption option) {
        return Stream.concat(OPTIONS.stream(), InetOptions.known())
                .filter(known -> known.name == option.getName() && known.level == option.getLevel())
                .map(Option::word)
                .findFirst()
                .orElseGet(() -> option.getLevel() + "/" + option.getName());
    }
}
