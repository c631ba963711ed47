package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A user's own plugin: loaded from where he says, remembered by the images, and never the program's undoing. */
class PluginIT {
    private static final Path EVENT_LOG =
            Checkout.ROOT.resolve("examples/event-log/src/main/java/org/example/eventlog/EventLog.java");
    private static final Path TROUBLE = Checkout.testApp("plugins/Trouble.java");

    @ParameterizedTest
    @EnumSource(Account.class)
    void eventsAndAMessageFromTheImage(Account account) throws IOException {
        try (Session session = Session.as(account)) {
            Path jar = jar(session, EVENT_LOG, Map.of());
            Path events = session.subfolder("data").resolve("events");
            ProgramLog log = session.log("counter");
            Launched agent =
                    counting(session, "--with-plugin", jar.toString(), "--plugin-option", "event-log.file=" + events);
            int pid = session.member("counter").pid();
            for (int life = 1; life <= 2; life++) {
                session.checkpoint();
                log.awaitBeats(log.beats().size(), 3, agent);
                session.killAll();
                int before = log.beats().size();
                agent = session.restart();
                log.awaitBeats(before, 5, agent);
                assertThat(Files.readString(events))
                        .contains("checkpoint " + life + " begins\n1 processes stand still\ncheckpoint " + life
                                + " is safe")
                        .contains("restart of 1 processes\nthe image says: counter had pid " + pid + " at checkpoint "
                                + life + "\n");
            }
        }
    }

    @Story
    void mistakesAreToldBeforeTheProgramStarts() throws IOException {
        try (Session session = Session.open()) {
            String jar = jar(session, EVENT_LOG, Map.of()).toString();
            String twin = Files.copy(Path.of(jar), session.file("twin.jar")).toString();
            String noJar = Files.writeString(session.file("text.jar"), "no jar").toString();
            Path newer = Files.createDirectory(session.file("newer"));
            String next = Built.plugin(EVENT_LOG, newer, Map.of("Jdmtcp-Spi-Version", "1.999"))
                    .toString();
            String foreign = libraries("gson");
            refused(session, "/nonexistent.jar does not exist", "--with-plugin", "/nonexistent.jar");
            refused(session, "is no jar", "--with-plugin", noJar);
            refused(session, "names no plugin", "--with-plugin", foreign);
            refused(session, "two plugins have the id \"event-log\"", "--with-plugin", jar + ":" + twin);
            refused(session, "needs version 1.999", "--with-plugin", next);
            refused(
                    session,
                    "has no option \"flie\"; it has: file",
                    "--with-plugin",
                    jar,
                    "--plugin-option",
                    "event-log.flie=x");
            refused(session, "no plugin \"socets\"", "--disable-socets-plugin");
            String trouble = jar(session, TROUBLE, Map.of()).toString();
            refused(
                    session,
                    "\"trouble\" failed in Trouble.configure: java.lang.NoClassDefFoundError",
                    "--with-plugin",
                    trouble,
                    "--plugin-option",
                    "trouble.at=configure",
                    "--plugin-option",
                    "trouble.how=reach");
        }
    }

    /** The pause ends, the program goes on, the plugin is named, and the next checkpoint works. */
    @ParameterizedTest
    @CsvSource({
        "PreSuspend,throw",
        "Suspended,throw",
        "Suspended,compute",
        "DRAIN,wait",
        "PreCheckpoint,reach",
        "CAPTURE,throw",
        "CAPTURE,compute",
        "REFILL,wait"
    })
    void troubleFailsTheCheckpointAndNothingElse(String place, String how) throws IOException {
        try (Session session = Session.open()) {
            Launched agent = counting(
                    session,
                    "--with-plugin",
                    jar(session, TROUBLE, Map.of()).toString(),
                    "--plugin-timeout=1",
                    "--plugin-option=trouble.at=" + place,
                    "--plugin-option=trouble.how=" + how);
            ProgramLog log = session.log("counter");
            session.awaitMember();
            Shell.Result failed = session.command("dmtcp_command", "-bc");
            assertThat(failed.status()).as(failed::toString).isEqualTo(5);
            assertThat(failed.out() + failed.err()).contains("the plugin \"trouble\"");
            assertThat(session.imageFiles()).isEmpty();
            log.awaitBeats(log.beats().size(), 3, agent);
            session.checkpoint();
            session.killAll();
            int before = log.beats().size();
            log.awaitBeats(before, 5, session.restart());
        }
    }

    /** An option can be set anew at a restart; a restart that fails leaves nothing behind. */
    @Story
    void troubleAtARestartLeavesNoProcess() throws IOException {
        try (Session session = Session.open()) {
            counting(session, "--with-plugin", jar(session, TROUBLE, Map.of()).toString());
            session.checkpoint();
            session.killAll();
            Launched agent = session.restart(
                    "--plugin-timeout=1",
                    "--plugin-option",
                    "trouble.at=Restart",
                    "--plugin-option=trouble.how=compute");
            assertThat(agent.status()).as(agent::describe).isEqualTo(125);
            assertThat(agent.stderr()).contains("\"trouble\" did not come back from Trouble.on at Restart");
            assertThat(session.members()).isEmpty();
            ProgramLog log = session.log("counter");
            int before = log.beats().size();
            log.awaitBeats(before, 5, session.restart());
        }
    }

    @Story
    void aPluginThatIsMissingOrAnotherOneIsRefusedByName() throws IOException {
        try (Session session = Session.open()) {
            Path jar = jar(session, EVENT_LOG, Map.of("Implementation-Version", "1.0"));
            counting(session, "--with-plugin", jar.toString());
            session.checkpoint();
            session.killAll();
            Path moved = Files.move(jar, session.file("moved.jar"));
            refusedAtRestart(session, "(version 1.0), which the checkpoint was made with, is missing: " + jar);
            Path folder = Files.createDirectory(session.file("other"));
            Path other = Built.plugin(EVENT_LOG, folder, Map.of("Implementation-Version", "1.1"));
            refusedAtRestart(session, "is of another version in " + other, "--with-plugin", other.toString());
            Files.copy(other, jar);
            refusedAtRestart(session, "has changed since the checkpoint");
            refusedAtRestart(session, "made without a plugin typo", "--without-plugin", "typo");
            for (String[] options :
                    new String[][] {{"--with-plugin", moved.toString()}, {"--without-plugin", "event-log"}}) {
                ProgramLog log = session.log("counter");
                int before = log.beats().size();
                log.awaitBeats(before, 5, session.restart(options));
                session.checkpoint();
                session.killAll();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"--disable-fd-plugin,(disabled: fd)", "--disable-all-plugins,(the installed plugins are disabled)"})
    void whatADisabledPluginWouldRestoreIsRefused(String option, String reason) {
        try (Session session = Session.open()) {
            Launched agent = counting(session, option);
            session.awaitMember();
            Shell.Result refused = session.command("dmtcp_command", "-bc");
            assertThat(refused.status()).as(refused::toString).isEqualTo(4);
            assertThat(refused.err()).contains("no plugin restores fd 0").contains(reason);
            ProgramLog log = session.log("counter");
            log.awaitBeats(log.beats().size(), 3, agent);
        }
    }

    private static Path jar(Session session, Path source, Map<String, String> manifest) throws IOException {
        Path built = Built.plugin(source, Files.createTempDirectory("jdmtcp-plugin"), manifest);
        return Files.move(
                built, session.subfolder("plugins").resolve(built.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String libraries(String name) throws IOException {
        try (var jars = Files.newDirectoryStream(Checkout.ROOT.resolve("tools/target/dist/lib"), name + "-*.jar")) {
            return jars.iterator().next().toString();
        }
    }

    private static Launched counting(Session session, String... options) {
        ProgramLog log = session.log("counter");
        Launched agent = session.launch(List.of(Built.c("counter"), log.path().toString()), options);
        log.awaitBeats(0, 3, agent);
        return agent;
    }

    private static void refused(Session session, String reason, String... options) {
        Launched agent = session.launch(List.of("touch", session.file("started").toString()), options);
        assertThat(agent.status()).as(agent::describe).isEqualTo(125);
        assertThat(agent.stderr()).contains(reason);
        assertThat(session.file("started")).doesNotExist();
    }

    private static void refusedAtRestart(Session session, String reason, String... options) {
        Launched agent = session.restart(options);
        assertThat(agent.status()).as(agent::describe).isEqualTo(125);
        assertThat(agent.stderr()).contains(reason);
        assertThat(session.members()).isEmpty();
    }
}
