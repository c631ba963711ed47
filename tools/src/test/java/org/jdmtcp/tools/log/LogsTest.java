package org.jdmtcp.tools.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.jdmtcp.core.timeline.Timeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogsTest {
    private static LogSettings settings(final String... lists) {
        final LogOptions options = new LogOptions();
        Stream.of(lists).forEach(list -> options.takeValue(LogOptions.OPTION, list));
        return options.settings("dmtcp_launch", 0, Path.of("/tmp"));
    }

    @AfterEach
    void nowhere() {
        Logs.follow(() -> new Timeline.Position("", 0, ""));
    }

    @Test
    void withoutAWishOnlyWarningsGetAsFarAsAHandler() {
        assertThat(settings().isOn()).isFalse();
        assertThat(Logs.properties(settings()))
                .contains("handlers = " + TerminalHandler.class.getName() + "\n")
                .contains("\n.level = WARNING\n")
                .doesNotContain("org.jdmtcp.level");
    }

    @Test
    void aPartIsAPluginOrAPackage() {
        assertThat(Logs.properties(settings("socket=trace,restart=debug")))
                .contains(ComputationLog.class.getName())
                .contains("org.jdmtcp.plugin.socket.level = FINEST")
                .contains("org.jdmtcp.core.restart.level = FINE\n")
                .contains("org.jdmtcp.level = INFO");
    }

    @Test
    void theLastWordCounts() {
        final LogSettings settings = settings("debug,fd=trace", "fd=off");
        assertThat(settings.levels().text()).isEqualTo("debug,fd=off");
        assertThat(settings.options()).containsExactly("--debug-logs", "debug,fd=off");
    }

    @Test
    void mistakesAreTold() {
        assertThatThrownBy(() -> settings("socket=loud"))
                .hasMessageContaining("no level \"loud\"")
                .hasMessageContaining("trace");
        assertThatThrownBy(() -> settings("So Ket=debug")).hasMessageContaining("PART=LEVEL");
        assertThat(settings("socket=debug,scoket=debug,freeze=trace").unknownParts(List.of("fd", "socket")))
                .containsExactly("scoket");
    }

    @Test
    void theEnginesPartsAreItsPackages() throws Exception {
        try (Stream<Path> packages = Files.list(Path.of("../core/src/main/java/org/jdmtcp/core"))) {
            packages.filter(Files::isDirectory)
                    .forEach(folder -> assertThat(LogLine.PARTS)
                            .contains(folder.getFileName().toString()));
        }
    }

    @Test
    void aLineSaysWhenHowWhoAndWhere() {
        Logs.follow(() -> new Timeline.Position("0123456789abcdef", 7, "drain/socket:flight"));
        final LogRecord entry = new LogRecord(Level.FINE, "{0} bytes");
        entry.setLoggerName("org.jdmtcp.plugin.socket.TcpFlight");
        entry.setParameters(new Object[] {5});
        assertThat(new LogLine().format(entry))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3} DEBUG socket 01234567 g7 drain/socket:flight"
                                + "  5 bytes\\R");
    }

    @Test
    void partsOfLoggers() {
        assertThat(LogLine.part("org.jdmtcp.core.restart.TreeBuilder")).isEqualTo("restart");
        assertThat(LogLine.part("org.jdmtcp.plugin.fd")).isEqualTo("fd");
        assertThat(LogLine.part("org.jdmtcp.coordinator.state.Computation")).isEqualTo("coordinator");
        assertThat(LogLine.part("com.example.Thing")).isEqualTo("Thing");
    }
}
