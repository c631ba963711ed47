package org.jdmtcp.core.plugin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jdmtcp.spi.Plugin;

/** Makes the plugins of a jar, within their time, and stands a {@link Membrane} before each. */
final class PluginConstruction {
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,63}");

    private final PluginJar jar;
    private final Duration limit;

    PluginConstruction(final PluginJar jar, final Duration limit) {
        this.jar = jar;
        this.limit = limit;
    }

    /** @throws IllegalArgumentException with a message for the user */
    List<InstalledPlugin> plugins() {
        final List<InstalledPlugin> made = new ArrayList<>();
        for (final Plugin plugin : guarded("the constructor", jar::plugins)) {
            final String id = guarded(plugin.getClass().getName() + ".id", plugin::id);
            if (!ID.matcher(id).matches()) {
                throw new IllegalArgumentException(
                        "the plugin " + plugin.getClass().getName() + " of " + jar.path()
                                + " has the id \"" + id
                                + "\": it must be small letters, digits and dashes, and begin with a letter");
            }
            final Plugin stranger = Membrane.around(plugin, id, limit);
            final String own = stranger.version();
            made.add(new InstalledPlugin(
                    stranger,
                    id,
                    own.isEmpty() ? jar.version().orElse("") : own,
                    Optional.of(new InstalledPlugin.Jar(jar.path(), jar.sha256()))));
        }
        return made;
    }

    private <T> T guarded(final String what, final Callable<T> body) {
        final List<T> result = new ArrayList<>();
        try {
            new PluginThread(jar.path().toString(), limit).call(what, () -> result.add(body.call()));
        } catch (final IllegalArgumentException | PluginException e) {
            throw e;
        } catch (final Throwable e) {
            throw new PluginException(jar.path().toString(), what, e);
        }
        return result.getFirst();
    }
}
