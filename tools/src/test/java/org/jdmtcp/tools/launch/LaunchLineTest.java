package org.jdmtcp.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.core.plugin.PluginSelection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The quick way through a command line comes to what picocli comes to, or leaves the line to picocli. */
class LaunchLineTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "-j -p 0 prog -p 5",
                "--coord-port=7 -h here --no-gzip -q --quiet prog --help",
                "--new-coordinator --port-file f -i 5 --compress zstd sleep 3",
                "--ckpt-open-files --allow-file-overwrite prog",
                "--checkpoint-open-files prog --ckpt-open-files",
                "--with-plugin a.jar:b.jar --plugin-option x.y=z=1 --plugin-option=x.w=2 --plugin-timeout 3 prog",
                "--disable-socket-plugin -q --disable-fd-plugin prog --disable-shm-plugin",
                "--disable-all-plugins --with-plugin=a.jar --with-plugin b.jar prog",
                "--debug-logs socket=trace,fd=debug --debug-logs=warn --log-file x -q --tmpdir y prog",
                "--no-coordinator --interval 1 --coord-host=a --gzip x",
            })
    void bothWaysAgree(final String text) {
        final List<String> line = List.of(text.split(" "));
        final Launch quick = Launch.quick(line).orElseThrow();
        final Launch full = new Launch();
        final String[] arguments = line.toArray(String[]::new);
        Launch.full(full, arguments).parseArgs(arguments);
        assertThat(quick.program).isEqualTo(full.program);
        assertThat(quick.coordinator.settings()).isEqualTo(full.coordinator.settings());
        assertThat(quick.images.settings()).isEqualTo(full.images.settings());
        assertThat(selection(quick)).isEqualTo(selection(full));
        assertThat(quick.common.logs("x")).isEqualTo(full.common.logs("x"));
        assertThat(quick.common.voice("x")).isEqualTo(full.common.voice("x"));
    }

    private static PluginSelection selection(final Launch launch) {
        return launch.plugins.selection(launch.disabled.ids(), launch.disabled.all(), Set.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--disable--plugin prog",
                "--disable-ID-plugin prog",
                "--disable-fd-plugin=1 prog",
                "--plugin-timeout x prog",
                "--with-plugin",
                "--help",
                "-p",
                "-p x prog",
                "-p 1 -p 2 prog",
                "--gzip --no-gzip prog",
                "-j --no-coordinator prog",
                "--unknown prog",
                "-- prog",
                "--pid 7",
            })
    void theRestIsLeftToPicocli(final String text) {
        assertThat(Launch.quick(text.isEmpty() ? List.of() : List.of(text.split(" "))))
                .isEqualTo(Optional.empty());
    }

    @Test
    void optionsStopAtTheProgram() {
        assertThat(Launch.quick(List.of("-q", "prog", "-q", "--no-coordinator")).orElseThrow().program)
                .containsExactly("prog", "-q", "--no-coordinator");
    }
}
