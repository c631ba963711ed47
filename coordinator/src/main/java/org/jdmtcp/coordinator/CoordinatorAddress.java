package org.jdmtcp.coordinator;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where a coordinator listens.
 *
 * @param host a name or a numeric address; {@code localhost} always means 127.0.0.1, where a coordinator listens by default
 * @param port a TCP port, 1 to 65535
 */
public record CoordinatorAddress(String host, int port) {
    public static final int DEFAULT_PORT = 7779;

    public CoordinatorAddress {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
    }

    /** The address on this machine's loopback interface. */
    public static CoordinatorAddress local(int port) {
        return new CoordinatorAddress("localhost", port);
    }

    /** Looks the host up. */
    public InetSocketAddress resolve() throws UnknownHostException {
        InetAddress address = host.equals("localhost")
                ? InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1})
                : InetAddress.getByName(host);
        return new InetSocketAddress(address, port);
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
