package org.jdmtcp.core.timeline;

import java.util.LinkedHashMap;
import java.util.Map;

/** How long each plugin needs for what it is asked again and again. Used on one thread. */
public final class PluginTimes {
    private final Map<String, long[]> nanos = new LinkedHashMap<>();
    private long mark;

    /** The next lap begins. */
    public void start() {
        mark = System.nanoTime();
    }

    /** The time since the last mark was that plugin's, and the next lap begins. */
    public void lap(final String plugin) {
        final long now = System.nanoTime();
        nanos.computeIfAbsent(plugin, id -> new long[1])[0] += now - mark;
        mark = now;
    }

    /** Adds up, and begins anew. @param what the plugins were asked */
    public void addTo(final Timeline timeline, final String what) {
        nanos.forEach((plugin, sum) -> timeline.sum(plugin, what, sum[0]));
        nanos.clear();
    }
}
