package org.jdmtcp.plugin.fd;

import com.google.protobuf.Parser;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.NotificationCalls;
import org.jdmtcp.spi.view.DescriptorView;

/**
 * A descriptor that hands out signals ({@code signalfd(2)}). It has nothing but its mask: what can be read from it are the
 * waiting signals of whoever reads, and these come back with the processes.
 */
final class SignalFd implements DescriptorKind<SignalFdState> {
    private static final String TARGET = "anon_inode:[signalfd]";

    @Override
    public String name() {
        return "signalfd";
    }

    @Override
    public Parser<SignalFdState> parser() {
        return SignalFdState.parser();
    }

    @Override
    public Optional<SignalFdState> inspect(final DescriptorView descriptor) {
        if (!descriptor.target().equals(TARGET)) {
            return Optional.empty();
        }
        final long mask = InfoLine.value(descriptor, "sigmask")
                .map(hex -> Long.parseUnsignedLong(hex, 16))
                .orElseThrow(
                        () -> new Refusal(descriptor.describe() + ": the kernel does not tell its mask in fdinfo, so"
                                + " it cannot be kept; use a kernel with that line (all since 3.8)"));
        return Optional.of(SignalFdState.newBuilder()
                .setMask(mask)
                .setFlags(descriptor.flags())
                .build());
    }

    @Override
    public Fd restore(final SignalFdState state, final RestoreContext context) {
        return NotificationCalls.signalFd(state.getMask(), state.getFlags() & FileCalls.O_NONBLOCK);
    }
}
