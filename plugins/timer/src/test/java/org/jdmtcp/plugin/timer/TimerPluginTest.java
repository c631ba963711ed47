package org.jdmtcp.plugin.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.ProcessResource;
import org.junit.jupiter.api.Test;

/** The plugin as the engine finds it. */
final class TimerPluginTest {
    @Test
    void isFoundAndRestoresAllTimers() {
        final Plugin plugin = ServiceLoader.load(Plugin.class).findFirst().orElseThrow();
        assertThat(plugin.id()).isEqualTo("timer");
        final Set<ProcessResource> restored = plugin.processStates().stream()
                .flatMap(kind -> kind.restores().stream())
                .collect(Collectors.toSet());
        assertThat(restored).containsAll(EnumSet.of(ProcessResource.INTERVAL_TIMERS, ProcessResource.POSIX_TIMERS));
    }
}
