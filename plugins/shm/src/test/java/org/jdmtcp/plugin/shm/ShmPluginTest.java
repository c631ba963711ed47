package org.jdmtcp.plugin.shm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ServiceLoader;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.MappingKind;
import org.jdmtcp.spi.Plugin;
import org.junit.jupiter.api.Test;

/** The plugin as the engine finds it. */
final class ShmPluginTest {
    @Test
    void isFoundAndItsKindsHaveNamesOfTheirOwn() {
        final Plugin plugin = ServiceLoader.load(Plugin.class).findFirst().orElseThrow();
        assertThat(plugin.id()).isEqualTo("shm");
        assertThat(plugin.order().before()).containsExactly("fd");
        assertThat(plugin.mappings()).extracting(MappingKind::name).doesNotHaveDuplicates();
        assertThat(plugin.hostStates()).extracting(HostStateKind::name).doesNotHaveDuplicates();
    }
}
