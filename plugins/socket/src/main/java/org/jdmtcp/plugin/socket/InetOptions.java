package org.jdmtcp.plugin.socket;

import static org.jdmtcp.spi.linux.SocketCalls.SOL_SOCKET;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jdmtcp.plugin.socket.SocketOptions.Option;

/**
 * Options of IP sockets that a program can read back and set ({@code ip(7)}, {@code ipv6(7)}, {@code tcp(7)}, {@code udp(7)},
 * {@code linux/in.h}, {@code linux/in6.h}, {@code linux/tcp.h}, {@code linux/udp.h}).
 */
final class InetOptions {
    static final int IPPROTO_IP = 0;
    static final int IPPROTO_TCP = 6;
    static final int IPPROTO_UDP = 17;
    static final int IPPROTO_IPV6 = 41;

    static final int SO_REUSEADDR = 2;
    static final int SO_REUSEPORT = 15;
    static final int IP_FREEBIND = 15;
    static final int IP_BIND_ADDRESS_NO_PORT = 24;
    static final int IP_LOCAL_PORT_RANGE = 51;
    static final int SO_BINDTODEVICE = 25;
    static final int IPV6_FREEBIND = 78;
    static final int IPV6_V6ONLY = 26;
    static final int TCP_MAXSEG = 2;
    private static final int NAME_SIZE = 16;
    private static final int IP_OPTIONS_SIZE = 40;

    private static final List<Option> SOCKET = List.of(
            new Option(SOL_SOCKET, 11, 4, "SO_NO_CHECK"),
            new Option(SOL_SOCKET, SO_BINDTODEVICE, NAME_SIZE, "SO_BINDTODEVICE"),
            new Option(SOL_SOCKET, 37, 4, "SO_TIMESTAMPING"),
            new Option(SOL_SOCKET, 45, 4, "SO_SELECT_ERR_QUEUE"),
            new Option(SOL_SOCKET, 46, 4, "SO_BUSY_POLL"),
            new Option(SOL_SOCKET, 47, 8, "SO_MAX_PACING_RATE"),
            new Option(SOL_SOCKET, 60, 4, "SO_ZEROCOPY"),
            new Option(SOL_SOCKET, 61, 8, "SO_TXTIME"),
            new Option(SOL_SOCKET, 69, 4, "SO_PREFER_BUSY_POLL"),
            new Option(SOL_SOCKET, SocketOptions.SO_BUF_LOCK, 4, "SO_BUF_LOCK"),
            new Option(SOL_SOCKET, 73, 4, "SO_RESERVE_MEM"),
            new Option(SOL_SOCKET, 74, 4, "SO_TXREHASH"),
            new Option(SOL_SOCKET, 75, 4, "SO_RCVMARK"),
            new Option(SOL_SOCKET, 82, 4, "SO_RCVPRIORITY"));

    private static final List<Option> IPV4 = List.of(
            ip(1, "IP_TOS"),
            ip(2, "IP_TTL"),
            new Option(IPPROTO_IP, 4, IP_OPTIONS_SIZE, "IP_OPTIONS"),
            ip(6, "IP_RECVOPTS"),
            ip(7, "IP_RETOPTS"),
            ip(8, "IP_PKTINFO"),
            ip(10, "IP_MTU_DISCOVER"),
            ip(11, "IP_RECVERR"),
            ip(12, "IP_RECVTTL"),
            ip(13, "IP_RECVTOS"),
            ip(IP_FREEBIND, "IP_FREEBIND"),
            ip(18, "IP_PASSSEC"),
            ip(19, "IP_TRANSPARENT"),
            ip(20, "IP_RECVORIGDSTADDR"),
            ip(21, "IP_MINTTL"),
            ip(22, "IP_NODEFRAG"),
            ip(23, "IP_CHECKSUM"),
            ip(IP_BIND_ADDRESS_NO_PORT, "IP_BIND_ADDRESS_NO_PORT"),
            ip(25, "IP_RECVFRAGSIZE"),
            ip(26, "IP_RECVERR_RFC4884"),
            ip(50, "IP_UNICAST_IF"),
            ip(IP_LOCAL_PORT_RANGE, "IP_LOCAL_PORT_RANGE"));

    private static final List<Option> IPV6 = List.of(
            ipv6(11, "IPV6_FLOWINFO"),
            ipv6(16, "IPV6_UNICAST_HOPS"),
            ipv6(23, "IPV6_MTU_DISCOVER"),
            ipv6(25, "IPV6_RECVERR"),
            ipv6(IPV6_V6ONLY, "IPV6_V6ONLY"),
            ipv6(30, "IPV6_ROUTER_ALERT_ISOLATE"),
            ipv6(31, "IPV6_RECVERR_RFC4884"),
            ipv6(33, "IPV6_FLOWINFO_SEND"),
            ipv6(49, "IPV6_RECVPKTINFO"),
            ipv6(51, "IPV6_RECVHOPLIMIT"),
            ipv6(53, "IPV6_RECVHOPOPTS"),
            ipv6(56, "IPV6_RECVRTHDR"),
            ipv6(58, "IPV6_RECVDSTOPTS"),
            ipv6(60, "IPV6_RECVPATHMTU"),
            ipv6(62, "IPV6_DONTFRAG"),
            ipv6(66, "IPV6_RECVTCLASS"),
            ipv6(67, "IPV6_TCLASS"),
            ipv6(70, "IPV6_AUTOFLOWLABEL"),
            ipv6(72, "IPV6_ADDR_PREFERENCES"),
            ipv6(73, "IPV6_MINHOPCOUNT"),
            ipv6(74, "IPV6_RECVORIGDSTADDR"),
            ipv6(75, "IPV6_TRANSPARENT"),
            ipv6(76, "IPV6_UNICAST_IF"),
            ipv6(77, "IPV6_RECVFRAGSIZE"),
            ipv6(IPV6_FREEBIND, "IPV6_FREEBIND"));

    private static final List<Option> TCP = List.of(
            tcp(1, "TCP_NODELAY"),
            tcp(TCP_MAXSEG, "TCP_MAXSEG"),
            tcp(4, "TCP_KEEPIDLE"),
            tcp(5, "TCP_KEEPINTVL"),
            tcp(6, "TCP_KEEPCNT"),
            tcp(7, "TCP_SYNCNT"),
            tcp(8, "TCP_LINGER2"),
            tcp(9, "TCP_DEFER_ACCEPT"),
            tcp(10, "TCP_WINDOW_CLAMP"),
            new Option(IPPROTO_TCP, 13, NAME_SIZE, "TCP_CONGESTION"),
            tcp(16, "TCP_THIN_LINEAR_TIMEOUTS"),
            tcp(17, "TCP_THIN_DUPACK"),
            tcp(18, "TCP_USER_TIMEOUT"),
            tcp(23, "TCP_FASTOPEN"),
            tcp(25, "TCP_NOTSENT_LOWAT"),
            tcp(27, "TCP_SAVE_SYN"),
            tcp(30, "TCP_FASTOPEN_CONNECT"),
            tcp(34, "TCP_FASTOPEN_NO_COOKIE"),
            tcp(36, "TCP_INQ"),
            tcp(37, "TCP_TX_DELAY"),
            tcp(44, "TCP_RTO_MAX_MS"),
            tcp(45, "TCP_RTO_MIN_US"),
            tcp(46, "TCP_DELACK_MAX_US"),
            // Last: with it set, data waits.
            tcp(3, "TCP_CORK"));

    /** What streams show too, and may not set. */
    private static final List<Option> MULTICAST_IPV4 = List.of(
            ip(32, "IP_MULTICAST_IF"),
            ip(33, "IP_MULTICAST_TTL"),
            ip(34, "IP_MULTICAST_LOOP"),
            ip(49, "IP_MULTICAST_ALL"));

    private static final List<Option> MULTICAST_IPV6 = List.of(
            ipv6(17, "IPV6_MULTICAST_IF"),
            ipv6(18, "IPV6_MULTICAST_HOPS"),
            ipv6(19, "IPV6_MULTICAST_LOOP"),
            ipv6(29, "IPV6_MULTICAST_ALL"));

    private static final List<Option> UDP = List.of(
            new Option(IPPROTO_UDP, 100, 4, "UDP_ENCAP"),
            new Option(IPPROTO_UDP, 101, 4, "UDP_NO_CHECK6_TX"),
            new Option(IPPROTO_UDP, 102, 4, "UDP_NO_CHECK6_RX"),
            new Option(IPPROTO_UDP, 103, 4, "UDP_SEGMENT"),
            new Option(IPPROTO_UDP, 104, 4, "UDP_GRO"));

    /** What decides to which address and port a socket may be bound, or what connects to it later. */
    private static final Set<String> BEFORE_BINDING = Set.of(
            "SO_REUSEPORT",
            "SO_BINDTODEVICE",
            "IP_FREEBIND",
            "IP_TRANSPARENT",
            "IP_BIND_ADDRESS_NO_PORT",
            "IPV6_V6ONLY",
            "IPV6_FREEBIND",
            "IPV6_TRANSPARENT");

    private InetOptions() {}

    private static Option ip(final int name, final String word) {
        return new Option(IPPROTO_IP, name, 4, word);
    }

    private static Option ipv6(final int name, final String word) {
        return new Option(IPPROTO_IPV6, name, 4, word);
    }

    private static Option tcp(final int name, final String word) {
        return new Option(IPPROTO_TCP, name, 4, word);
    }

    /** Options of a stream, beside those of every socket. */
    static List<Option> stream(final boolean six) {
        return join(SOCKET, IPV4, six ? IPV6 : List.of(), TCP);
    }

    /** Options of a datagram socket, beside those of every socket. */
    static List<Option> datagram(final boolean six) {
        return join(SOCKET, IPV4, MULTICAST_IPV4, six ? IPV6 : List.of(), six ? MULTICAST_IPV6 : List.of(), UDP);
    }

    @SafeVarargs
    private static List<Option> join(final List<Option>... lists) {
        return Stream.of(lists).flatMap(List::stream).toList();
    }

    static boolean isBeforeBinding(final SocketOption option) {
        return BEFORE_BINDING.contains(SocketOptions.word(option));
    }

    /** Whether it is the name of a network interface. */
    static boolean isInterface(final SocketOption option) {
        return option.getLevel() == SOL_SOCKET && option.getName() == SO_BINDTODEVICE;
    }

    /** Every option that has a name. */
    static Stream<Option> known() {
        return Stream.of(SOCKET, IPV4, IPV6, MULTICAST_IPV4, MULTICAST_IPV6, TCP, UDP)
                .flatMap(List::stream);
    }
}
