package org.jdmtcp.plugin.socket;

import com.google.protobuf.Empty;
import com.google.protobuf.Parser;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** A socket of a family that nobody here restores: it is refused, and called by the name that people know. */
final class OtherSocket implements DescriptorKind<Empty> {
    /** {@code linux/socket.h}. */
    private static final Map<Integer, String> FAMILIES = Map.of(
            2, "an IPv4 socket of another protocol than TCP and UDP",
            10, "an IPv6 socket of another protocol than TCP and UDP",
            16, "a netlink socket",
            17, "a packet socket",
            29, "a CAN bus socket",
            31, "a Bluetooth socket",
            38, "a socket of the kernel's cryptography (AF_ALG)",
            40, "a socket between virtual machine and host (vsock)",
            44, "an XDP socket");

    @Override
    public String name() {
        return "other";
    }

    @Override
    public Parser<Empty> parser() {
        return Empty.parser();
    }

    @Override
    public Optional<Empty> inspect(final DescriptorView descriptor) {
        if (descriptor.status().type() != FileStatus.S_IFSOCK
                || !descriptor.target().startsWith(UnixSocket.TARGET)) {
            return Optional.empty();
        }
        final int family = SocketCalls.intOption(descriptor.open(), SocketCalls.SOL_SOCKET, SocketCalls.SO_DOMAIN);
        throw new Refusal(descriptor.describe() + " is "
                + FAMILIES.getOrDefault(family, "a socket of address family " + family)
                + ", which cannot be restored yet; checkpoint when the program has closed it");
    }

    @Override
    public Fd restore(final Empty state, final RestoreContext context) {
        throw new Refusal("an image has a socket of a kind that is never written; it is damaged");
    }
}
