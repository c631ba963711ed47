package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * A character device without a state of its own: null, zero, full, random, urandom, and {@code /dev/tty}, which after a
 * restart is dmtcp_restart's terminal. Block devices are refused; other devices are not claimed, since a
 * plugin that knows one may.
 */
final class CharacterDevice implements DescriptorKind<CharacterDeviceState> {
    private static final String TTY = "/dev/tty";
    private static final long TTY_NUMBER = number(5, 0);

    /** By device number: {@code Documentation/admin-guide/devices.txt}. */
    private static final Map<Long, String> STATELESS = Map.of(
            number(1, 3),
            "/dev/null",
            number(1, 5),
            "/dev/zero",
            number(1, 7),
            "/dev/full",
            number(1, 8),
            "/dev/random",
            number(1, 9),
            "/dev/urandom",
            TTY_NUMBER,
            TTY);

    private static long number(final int major, final int minor) {
        return (long) major << 32 | minor;
    }

    @Override
    public String name() {
        return "device";
    }

    @Override
    public Parser<CharacterDeviceState> parser() {
        return CharacterDeviceState.parser();
    }

    @Override
    public Optional<CharacterDeviceState> inspect(final DescriptorView descriptor) {
        final FileStatus status = descriptor.status();
        refuseStateful(descriptor, status);
        if (status.type() != FileStatus.S_IFCHR || !STATELESS.containsKey(status.rdev())) {
            return Optional.empty();
        }
        return Optional.of(CharacterDeviceState.newBuilder()
                .setPath(BytePath.bytes(descriptor.target()))
                .setFlags(descriptor.flags())
                .setMajor((int) (status.rdev() >> 32))
                .setMinor((int) status.rdev())
                .build());
    }

    /** Theirs is a state that is not kept yet: the refusal says what they are. */
    private static void refuseStateful(final DescriptorView descriptor, final FileStatus status) {
        if (status.type() == FileStatus.S_IFBLK) {
            throw new Refusal(
                    descriptor.describe() + " is a block device, whose contents cannot be kept; checkpoint when"
                            + " the program has closed it");
        }
    }

    @Override
    public Fd restore(final CharacterDeviceState state, final RestoreContext context) {
        final long number = number(state.getMajor(), state.getMinor());
        final int flags = StatusFlags.forReopening(state.getFlags());
        if (number == TTY_NUMBER) {
            return terminal(flags, context);
        }
        final String path = BytePath.of(state.getPath());
        final boolean there = NamedFile.look(path)
                .filter(now -> now.type() == FileStatus.S_IFCHR && now.rdev() == number)
                .isPresent();
        return NamedFile.open(there ? path : STATELESS.getOrDefault(number, path), flags);
    }

    private static Fd terminal(final int flags, final RestoreContext context) {
        try {
            return FileCalls.open(TTY, flags);
        } catch (final LinuxException e) {
            context.warn("the program had its terminal open as " + TTY + ", but dmtcp_restart has none ("
                    + e.getMessage() + "): reading it gives end of file, and what is written is lost");
            return NamedFile.open("/dev/null", flags);
        }
    }
}
