package org.jdmtcp.plugin.fd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdmtcp.spi.linux.EpollCalls;

/**
 * A {@code tfd:} line of an epoll instance's fdinfo ({@code fs/eventpoll.c}, ep_show_fdinfo).
 *
 * @param registered the number under which the target was registered
 * @param events EPOLL bits
 * @param data what the program gets back with the event
 * @param inode the target's inode number
 * @param occurrence which of the lines with this number it is, from 0
 */
record EpollEntry(int registered, int events, long data, long inode, int occurrence) {
    private static final Pattern LINE = Pattern.compile(
            "tfd:\\s*(\\d+)\\s+events:\\s*([0-9a-f]+)\\s+data:\\s*([0-9a-f]+)\\s+pos:\\s*\\d+\\s+ino:\\s*([0-9a-f]+)\\s.*");

    /** Whether it reports the changes of its target only. */
    boolean isEdgeTriggered() {
        return (events & EpollCalls.EPOLLET) != 0;
    }

    /** The entries among the lines of fdinfo, in order. */
    static List<EpollEntry> parse(final List<String> info) {
        final List<EpollEntry> entries = new ArrayList<>();
        final Map<Integer, Integer> seen = new HashMap<>();
        for (final String line : info) {
            final Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                final int registered = Integer.parseInt(matcher.group(1));
                entries.add(new EpollEntry(
                        registered,
                        Integer.parseUnsignedInt(matcher.group(2), 16),
                        Long.parseUnsignedLong(matcher.group(3), 16),
                        Long.parseUnsignedLong(matcher.group(4), 16),
                        seen.merge(registered, 1, Integer::sum) - 1));
            }
        }
        return entries;
    }
}
