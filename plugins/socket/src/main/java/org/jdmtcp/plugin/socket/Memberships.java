package org.jdmtcp.plugin.socket;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SocketCalls;

/**
 * Multicast groups that a socket is a member of ({@code ip(7)}, {@code linux/in.h}). The kernel lists the groups of the host, and a
 * socket that is asked for its filter of a group knows only those that it has joined.
 */
final class Memberships {
    private static final int MCAST_JOIN_GROUP = 42;
    private static final int MCAST_MSFILTER = 48;
    private static final int MCAST_EXCLUDE = 0;
    /** {@code struct group_filter}: gf_interface 0, gf_group 8, gf_fmode 136, gf_numsrc 140, sources from 144. */
    private static final int GROUP = 8;

    private static final int FILTER_MODE = 136;
    private static final int SOURCES = 140;
    private static final int FILTER_SIZE = 144;
    private static final int SOCKADDR_SIZE = 128;
    private static final int MOST_SOURCES = 64;
    /** {@code struct group_req}: the same without what comes after the group. */
    private static final int REQUEST_SIZE = 136;

    private record Group(int index, byte[] address) {}

    private Memberships() {}

    static List<UdpSocketState.Membership> of(final Fd socket, final int family) {
        final List<UdpSocketState.Membership> memberships = new ArrayList<>();
        for (final Group group : family == SocketCalls.AF_INET6 ? six() : four()) {
            final byte[] asked = new byte[FILTER_SIZE + MOST_SOURCES * SOCKADDR_SIZE];
            final ByteBuffer filter = ByteBuffer.wrap(asked).order(ByteOrder.nativeOrder());
            filter.putInt(0, group.index).putInt(SOURCES, MOST_SOURCES);
            final byte[] address = Endpoint.of(group.address, 0).sockaddr(family);
            filter.put(GROUP, address);
            if (SocketCalls.askOption(socket, level(family), MCAST_MSFILTER, asked) == 0) {
                memberships.add(UdpSocketState.Membership.newBuilder()
                        .setInterface(group.index)
                        .setFilter(ByteString.copyFrom(
                                asked, 0, FILTER_SIZE + Math.min(MOST_SOURCES, filter.getInt(SOURCES)) * SOCKADDR_SIZE))
                        .build());
            }
        }
        return memberships;
    }

    /** Joins them again. */
    static void restore(final Fd socket, final UdpSocketState state, final RestoreContext context) {
        for (final UdpSocketState.Membership membership : state.getMembershipsList()) {
            final byte[] filter = membership.getFilter().toByteArray();
            final ByteBuffer told = ByteBuffer.wrap(filter).order(ByteOrder.nativeOrder());
            long result = SocketCalls.setOption(
                    socket, level(state.getFamily()), MCAST_JOIN_GROUP, Arrays.copyOf(filter, REQUEST_SIZE));
            if (result == 0 && (told.getInt(FILTER_MODE) != MCAST_EXCLUDE || told.getInt(SOURCES) > 0)) {
                result = SocketCalls.setOption(socket, level(state.getFamily()), MCAST_MSFILTER, filter);
            }
            if (Errno.isError(result)) {
                context.warn("a socket of " + state.getOwner() + " could not join its multicast group "
                        + Endpoint.of(Arrays.copyOfRange(filter, GROUP, GROUP + SOCKADDR_SIZE))
                        + " again on network interface " + membership.getInterface() + ": "
                        + Errno.message((int) -result));
            }
        }
    }

    private static int level(final int family) {
        return family == SocketCalls.AF_INET6 ? InetOptions.IPPROTO_IPV6 : InetOptions.IPPROTO_IP;
    }

    // A line for each interface, then one for each group, as a number in the byte order of the machine.
    private static List<Group> four() {
        final List<Group> groups = new ArrayList<>();
        int index = 0;
        for (final String line : lines("/proc/net/igmp")) {
            final String[] words = line.strip().split("\\s+");
            if (!line.startsWith("\t")) {
                index = number(words[0]).orElse(0);
            } else {
                groups.add(new Group(
                        index,
                        ByteBuffer.allocate(Integer.BYTES)
                                .order(ByteOrder.nativeOrder())
                                .putInt(Integer.parseUnsignedInt(words[0], 16))
                                .array()));
            }
        }
        return groups;
    }

    // Index, name, group.
    private static List<Group> six() {
        return lines("/proc/net/igmp6").stream()
                .map(line -> line.strip().split("\\s+"))
                .map(words ->
                        new Group(Integer.parseInt(words[0]), HexFormat.of().parseHex(words[2])))
                .toList();
    }

    private static Optional<Integer> number(final String word) {
        return word.chars().allMatch(Character::isDigit) ? Optional.of(Integer.parseInt(word)) : Optional.empty();
    }

    private static List<String> lines(final String file) {
        try {
            return Files.exists(Path.of(file)) ? Files.readAllLines(Path.of(file)) : List.of();
        } catch (final IOException e) {
            throw new java.io.UncheckedIOException(file, e);
        }
    }
}
