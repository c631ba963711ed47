package org.jdmtcp.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginOptionsTest {
    private static PluginOptions of(final String value) {
        return new PluginOptions("mine", Map.of("key", value));
    }

    @Test
    void whatIsNotSetIsTheDefault() {
        final PluginOptions none = new PluginOptions("mine", Map.of());
        assertThat(none.text("key")).isEmpty();
        assertThat(none.flag("key", true)).isTrue();
        assertThat(none.number("key", 7)).isEqualTo(7);
        assertThat(none.time("key", Duration.ofDays(1))).isEqualTo(Duration.ofDays(1));
        assertThat(none.path("key")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "30s,30000", "30,30000", "5m,300000", "1h,3600000"})
    void times(final String text, final long millis) {
        assertThat(of(text).time("key", Duration.ZERO)).hasMillis(millis);
    }

    @Test
    void values() {
        assertThat(of("-12").number("key", 0)).isEqualTo(-12);
        assertThat(of("off").flag("key", true)).isFalse();
        assertThat(of("yes").flag("key", false)).isTrue();
        assertThat(of("/a/b").path("key")).contains(Path.of("/a/b"));
        assertThat(of("a").path("key").orElseThrow()).isAbsolute();
    }

    @Test
    void aWrongValueIsNamedWithItsOption() {
        assertThatThrownBy(() -> of("many").number("key", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--plugin-option mine.key=many: the value is no whole number");
        assertThatThrownBy(() -> of("maybe").flag("key", true)).hasMessageContaining("neither yes nor no");
        assertThatThrownBy(() -> of("5 days").time("key", Duration.ZERO)).hasMessageContaining("no time");
        assertThatThrownBy(() -> of("5d").time("key", Duration.ZERO)).hasMessageContaining("no time");
    }

    @Test
    void anInterfaceRunsWhatWasWrittenForItOrAnOlderOne() {
        final SpiVersion here = new SpiVersion(2, 3);
        assertThat(here.runs(new SpiVersion(2, 3))).isTrue();
        assertThat(here.runs(new SpiVersion(2, 0))).isTrue();
        assertThat(here.runs(new SpiVersion(2, 4))).isFalse();
        assertThat(here.runs(new SpiVersion(1, 0))).isFalse();
        assertThat(SpiVersion.parse("2.3")).contains(here);
        assertThat(SpiVersion.parse("2")).isEmpty();
    }
}
