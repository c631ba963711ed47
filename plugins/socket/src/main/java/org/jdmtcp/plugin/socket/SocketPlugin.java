package org.jdmtcp.plugin.socket;

import java.util.List;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Plugin;

/** Restores UNIX, TCP and UDP sockets, and refuses the other families by name. */
public final class SocketPlugin implements Plugin {
    @Override
    public String id() {
        return "socket";
    }

    @Override
    public String description() {
        return "Sockets with the data in flight";
    }

    @Override
    public List<DescriptorKind<?>> descriptors() {
        return List.of(new UnixSocket(), new TcpSocket(), new UdpSocket(), new OtherSocket());
    }
}
