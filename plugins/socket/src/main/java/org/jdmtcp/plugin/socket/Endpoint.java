package org.jdmtcp.plugin.socket;

import com.google.protobuf.ByteString;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SocketCalls;

/**
 * An end of a connection: address and port, the same whether an IPv4 or an IPv6 socket tells it.
 *
 * @param address 16 bytes; an IPv4 address is mapped into IPv6
 */
record Endpoint(ByteString address, int port) {
    private static final int ADDRESS_SIZE = 16;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
    private static final int SOCKADDR_IN_SIZE = 16;
    private static final int SOCKADDR_IN6_SIZE = 28;
    /** {@code sin6_addr} ({@code linux/in6.h}); {@code sin_addr} is at 4 ({@code linux/in.h}). */
    private static final int SIN6_ADDR = 8;

    /** Reads a {@code sockaddr_in} or {@code sockaddr_in6}. */
    static Endpoint of(final byte[] sockaddr) {
        final int port = ByteBuffer.wrap(sockaddr).getShort(2) & 0xffff;
        return sockaddr[0] == SocketCalls.AF_INET6
                ? of(Arrays.copyOfRange(sockaddr, SIN6_ADDR, SIN6_ADDR + ADDRESS_SIZE), port)
                : of(Arrays.copyOfRange(sockaddr, 4, 8), port);
    }

    /** @param address 4 or 16 bytes */
    static Endpoint of(final byte[] address, final int port) {
        final ByteString bytes = ByteString.copyFrom(address);
        return new Endpoint(
                address.length == ADDRESS_SIZE
                        ? bytes
                        : ByteString.copyFrom(MAPPED).concat(bytes),
                port);
    }

    /** All IPv6 addresses. */
    static Endpoint any(final int port) {
        return of(new byte[ADDRESS_SIZE], port);
    }

    /** The loopback address of a family. */
    static Endpoint loopback(final int family, final int port) {
        final byte[] six = new byte[ADDRESS_SIZE];
        six[ADDRESS_SIZE - 1] = 1;
        return of(family == SocketCalls.AF_INET6 ? six : new byte[] {127, 0, 0, 1}, port);
    }

    /** As a {@code sockaddr} of a family. */
    byte[] sockaddr(final int family) {
        final boolean six = family == SocketCalls.AF_INET6;
        final byte[] bytes = new byte[six ? SOCKADDR_IN6_SIZE : SOCKADDR_IN_SIZE];
        bytes[0] = (byte) family;
        ByteBuffer.wrap(bytes).putShort(2, (short) port);
        if (six) {
            address.copyTo(bytes, SIN6_ADDR);
        } else {
            address.substring(MAPPED.length).copyTo(bytes, 4);
        }
        return bytes;
    }

    /** Whether a socket that listens here, on an address or on all, is whom a connection to {@code other} reaches. */
    boolean accepts(final Endpoint other) {
        return port == other.port && (isAny() || address.equals(other.address));
    }

    boolean isAny() {
        final ByteString last = isMapped() ? address.substring(MAPPED.length) : address;
        return last.equals(ByteString.copyFrom(new byte[last.size()]));
    }

    /** Whether the address is one of this host: a socket can be bound to it. */
    boolean isLocal() {
        final int family = isMapped() ? SocketCalls.AF_INET : SocketCalls.AF_INET6;
        try (Fd probe = SocketCalls.socket(family, SocketCalls.SOCK_DGRAM, 0)) {
            return SocketCalls.bind(probe, new Endpoint(address, 0).sockaddr(family)) == 0;
        }
    }

    /** Whether it is an IPv4 address. */
    boolean isMapped() {
        return address.startsWith(ByteString.copyFrom(MAPPED));
    }

    @Override
    public String toString() {
        try {
            final String text = InetAddress.getByAddress(address.toByteArray()).getHostAddress();
            return (isMapped() ? text : "[" + text + "]") + ":" + port;
        } catch (final UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.size() + " bytes", e);
        }
    }
}
