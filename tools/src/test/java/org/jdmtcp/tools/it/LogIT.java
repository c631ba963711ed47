package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who seeks a fault finds what was claimed and restored by whom, and where the time went. */
class LogIT {
    @ParameterizedTest
    @EnumSource(Account.class)
    void aFileForEachAgentInAFolderOfTheComputation(Account account) throws IOException {
        try (Session session = Session.as(account)) {
            ProgramLog log = session.log("pipes");
            Launched agent = session.launch(
                    List.of(
                            Built.c("pipes"),
                            log.path().toString(),
                            session.subfolder("data").toString()),
                    "--debug-logs",
                    "fd=trace,timeline=debug");
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            session.killAll();
            int before = log.beats().size();
            agent = session.restart("--debug-logs=fd=debug");
            log.awaitBeats(before, 3, agent);
            assertThat(session.command("dmtcp_command", "-k").status()).isZero();
            agent.status();
            List<Path> files = logs(session);
            assertThat(files).hasSize(2);
            assertThat(files)
                    .extracting(Path::getParent)
                    .containsOnly(files.getFirst().getParent());
            for (Path file : files) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
                assertThat(agent.stdout()).isEmpty();
            }
            assertThat(text(files, "launch"))
                    .contains(" TRACE fd ")
                    .contains(" is claimed as pipe: ")
                    .contains(" g1 ")
                    .contains(" DEBUG timeline ")
                    .contains("phase capture took ");
            assertThat(text(files, "restart")).contains(" DEBUG fd ").contains(" is restored as pipe");
        }
    }

    @Story
    void withoutAWishThereIsNoFileAndNoWord() throws IOException {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            Launched agent =
                    session.launch(List.of(Built.c("counter"), log.path().toString()));
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            assertThat(logs(session)).isEmpty();
            assertThat(agent.stderr()).isEmpty();
        }
    }

    @Story
    void theTerminalAndAFileWhereAskedFor() throws IOException {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            Path file = session.file("all.log");
            session.environment().put("DMTCP_LOG_LEVEL", "debug");
            session.environment().put("DMTCP_LOG_OVERRIDES", "freeze=off");
            session.environment().put("DMTCP_LOG_FILE", file.toString());
            Launched agent =
                    session.launch(List.of(Built.c("counter"), log.path().toString()));
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            assertThat(Files.readString(file)).contains(" DEBUG timeline ").doesNotContain(" DEBUG freeze ");
            session.killAll();
            int before = log.beats().size();
            agent = session.restart("--log-file=-");
            log.awaitBeats(before, 3, agent);
            assertThat(agent.stderr()).contains(" DEBUG timeline ");
        }
    }

    @Story
    void theCoordinatorToo() throws IOException {
        try (Session session = Session.open()) {
            Path file = session.file("coordinator.log");
            Launched coordinator = session.startCoordinator(
                    session.file("second"), "--debug-logs", "coordinator=debug", "--coord-logfile", file.toString());
            String port = Session.port(session.file("second"));
            assertThat(session.command("dmtcp_command", "-p", port, "-q").status())
                    .isZero();
            coordinator.status();
            assertThat(Files.readString(file)).contains(" INFO  tools ").contains("listening on port " + port);
        }
    }

    @Story
    void theLastCheckpointAndRestartAsATimeline() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            Launched agent =
                    session.launch(List.of(Built.c("counter"), log.path().toString()));
            log.awaitBeats(0, 3, agent);
            session.awaitMember();
            assertThat(session.command("dmtcp_command", "--trace").out()).contains("No checkpoint or restart yet");
            session.checkpoint();
            Shell.Result text = session.command("dmtcp_command", "--trace");
            assertThat(text.status()).as(text::toString).isZero();
            assertThat(text.out())
                    .contains("Checkpoint 1 of counter on ")
                    .containsSubsequence(
                            "prepare", "suspend", "capture", "drain", "snapshot", "resume", "write", "commit");
            String json = session.command("dmtcp_command", "--json", "--trace").out();
            assertThat(json)
                    .contains("\"kind\": \"checkpoint\"")
                    .contains("{\"step\": \"open files\", \"plugin\": \"fd\", \"start_nanos\": ");
            session.killAll();
            int before = log.beats().size();
            log.awaitBeats(before, 3, session.restart());
            session.awaitMember();
            assertThat(session.command("dmtcp_command", "--trace").out())
                    .contains("Restart from checkpoint 1 of counter")
                    .containsSubsequence("read images", "grow the tree", "memory of counter", "place descriptors");
        }
    }

    @Story
    void whichPluginsThereAre() {
        try (Session session = Session.open()) {
            assertThat(session.command("dmtcp_plugin", "list")
                            .out()
                            .lines()
                            .map(line -> line.strip().split(" +")[1]))
                    .contains("fd", "shm", "socket", "timer");
            assertThat(session.command("dmtcp_plugin", "info", "timer").out())
                    .contains("open files  timerfd")
                    .contains("arm-timerfd (RESTARTED, HOST)");
            assertThat(session.command("dmtcp_plugin", "info", "timer", "--json")
                            .out())
                    .contains("\"id\": \"timer\"")
                    .contains("\"process_states\": [\"interval-timers\", \"posix-timers\"]");
            Shell.Result unknown = session.command("dmtcp_plugin", "info", "tmier");
            assertThat(unknown.status()).isEqualTo(1);
            assertThat(unknown.err()).contains("there is no plugin \"tmier\"");
        }
    }

    private static List<Path> logs(Session session) throws IOException {
        try (Stream<Path> all = Files.walk(session.file("tmp"))) {
            return all.filter(path -> path.toString().endsWith(".log")).sorted().toList();
        }
    }

    private static String text(List<Path> files, String tool) throws IOException {
        return Files.readString(files.stream()
                .filter(file -> file.getFileName().toString().matches(tool + "-\\d+\\.log"))
                .findFirst()
                .orElseThrow());
    }
}
