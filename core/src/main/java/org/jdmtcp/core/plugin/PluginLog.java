package org.jdmtcp.core.plugin;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The plugins' logs, for what the engine has to say about a plugin's work: {@code --debug-logs ID=debug} shows it. */
public final class PluginLog {
    private static final String PREFIX = "org.jdmtcp.plugin.";
    private static final Map<String, Logger> LOGS = new ConcurrentHashMap<>();

    private PluginLog() {}

    /** That of the plugin with this id. */
    public static Logger of(final String id) {
        return LOGS.computeIfAbsent(id, each -> LoggerFactory.getLogger(PREFIX + each));
    }

    /** A plugin has taken something on: what, and with trace what it wrote into the image. */
    public static void claimed(final String plugin, final String kind, final String what, final Object state) {
        final Logger log = of(plugin);
        if (log.isTraceEnabled()) {
            log.trace("{} is claimed as {}: {}", what, kind, oneLine(state));
        } else {
            log.debug("{} is claimed as {}", what, kind);
        }
    }

    /** A plugin has made something again. */
    public static void restored(final String plugin, final String kind, final String what, final Object state) {
        final Logger log = of(plugin);
        if (log.isTraceEnabled()) {
            log.trace("{} is restored as {}: {}", what, kind, oneLine(state));
        } else {
            log.debug("{} is restored as {}", what, kind);
        }
    }

    /** Whether lines about that plugin are wanted; ask before words are put together. */
    public static boolean isOn(final String plugin) {
        return of(plugin).isDebugEnabled();
    }

    private static String oneLine(final Object state) {
        return state.toString().strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
