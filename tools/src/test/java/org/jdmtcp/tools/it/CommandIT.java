package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;

/** dmtcp_command: exit statuses, JSON, list, kill, quit; coordinators do not disturb each other, and strangers are kept out. */
class CommandIT {
    private static final List<String> KEYS = List.of(
            "schema_version",
            "command",
            "command_status",
            "coordinator_host",
            "coordinator_port",
            "num_peers",
            "running",
            "checkpoint_interval");

    @Story
    void statusAsTextAndJson() {
        try (Session session = Session.open()) {
            counting(session);
            Shell.Result json = session.command("dmtcp_command", "--json", "--status");
            assertThat(json.status()).as(json::toString).isZero();
            KEYS.forEach(key -> assertThat(json.out()).contains("\"" + key + "\""));
            assertThat(json.out().replaceAll("\\s", ""))
                    .contains("\"num_peers\":1")
                    .contains("\"running\":true");
            Shell.Result list = session.command("dmtcp_command", "-l");
            assertThat(list.status()).isZero();
            assertThat(list.out())
                    .contains("counter")
                    .contains(Integer.toString(session.member("counter").pid()));
        }
    }

    /** A program runs before its agent has joined. Whoever asks for a checkpoint just then means that program, too. */
    @Story
    void checkpointComprisesAProgramThatHasJustBeenLaunched() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            Launched agent =
                    session.launch(List.of(Built.c("counter"), log.path().toString()));
            Shell.Result result = session.command("dmtcp_command", "--bcheckpoint");
            assertThat(result.status()).as(result::toString).isZero();
            assertThat(session.imageFiles()).hasSize(1);
            log.awaitBeats(0, 3, agent);
            session.killAll();
        }
    }

    /** What is built once makes every later start fast; a tool whose training failed would start slowly, and nobody would be told. */
    @Story
    void everyToolHasAStartUpCache() {
        assertThat(Shell.run(List.of(Checkout.ROOT.resolve("bin/.jdmtcp-setup").toString()))
                        .status())
                .isZero();
        Path caches = Checkout.ROOT.resolve("tools/target/dist/cache");
        for (String tool : List.of("launch", "restart", "command", "coordinator")) {
            assertThat(caches.resolve(tool + ".aot")).exists();
        }
    }

    @Story
    void withoutACoordinatorTheStatusIsTwo() {
        try (Session session = Session.open()) {
            assertThat(session.command("dmtcp_command", "--quit").status()).isZero();
            Await.until(
                    "no coordinator",
                    () -> session.command("dmtcp_command", "--status").status() == 2);
        }
    }

    @Story
    void killEndsEveryMember() {
        try (Session session = Session.open()) {
            Launched agent = counting(session);
            assertThat(session.command("dmtcp_command", "-k").status()).isZero();
            assertThat(agent.status()).as(agent::describe).isNotZero();
            Await.until("no member", () -> session.members().isEmpty());
        }
    }

    @Story
    void killAfterCheckpointLeavesImagesThatComeBack() {
        try (Session session = Session.open()) {
            counting(session);
            ProgramLog log = session.log("counter");
            Shell.Result result = session.command("dmtcp_command", "-kc");
            assertThat(result.status()).as(result::toString).isZero();
            Await.until("no member", () -> session.members().isEmpty());
            int before = log.beats().size();
            log.awaitBeats(before, 5, session.restart());
        }
    }

    @Story
    void twoCoordinatorsDoNotDisturbEachOther() {
        try (Session session = Session.open()) {
            counting(session);
            Path portFile = session.file("second-port");
            Launched second = session.startCoordinator(portFile);
            try {
                String port = Session.port(portFile);
                assertThat(port).isNotEqualTo(session.environment().get("DMTCP_COORD_PORT"));
                Shell.Result other = session.command("dmtcp_command", "-p", port, "--json", "-s");
                assertThat(other.out().replaceAll("\\s", ""))
                        .contains("\"num_peers\":0")
                        .contains(port);
                assertThat(session.command("dmtcp_command", "-p", port, "-k").status())
                        .isZero();
                session.checkpoint();
                assertThat(session.members()).hasSize(1);
            } finally {
                second.process().destroyForcibly();
                second.status();
            }
        }
    }

    /** With no coordinator, a launch starts one in the background, which later commands find. */
    @Story
    void launchStartsACoordinatorItself() {
        try (Session session = Session.open()) {
            Path portFile = session.file("own-port");
            ProgramLog log = session.log("counter");
            Launched agent = session.launch(
                    List.of(Built.c("counter"), log.path().toString()),
                    "--new-coordinator",
                    "--coord-port",
                    "0",
                    "--port-file",
                    portFile.toString());
            log.awaitBeats(0, 3, agent);
            String port = Session.port(portFile, agent); // the program does not wait for it
            Await.until(
                    "a member",
                    Await.LONG,
                    agent::describe,
                    () -> session.command("dmtcp_command", "-p", port, "-l")
                            .out()
                            .contains("counter"));
            assertThat(session.command("dmtcp_command", "-p", port, "-bc").status())
                    .isZero();
            assertThat(session.command("dmtcp_command", "-p", port, "-q").status())
                    .isZero();
            Await.until(
                    "no coordinator",
                    () -> session.command("dmtcp_command", "-p", port, "-s").status() == 2);
        }
    }

    @Story
    void anotherUserIsKeptOut() {
        assumeTrue(Account.testsRunAsRoot(), "needs root to be two users: run the tests as root to see this story");
        try (Session session = Session.as(Account.ROOT)) {
            counting(session);
            session.environment().put("HOME", "/nonexistent");
            Shell.Result stranger = session.commandAs(Account.ORDINARY, "dmtcp_command", "--kill");
            assertThat(stranger.status()).as(stranger::toString).isNotZero();
            assertThat(session.members()).hasSize(1);
        }
    }

    private static Launched counting(Session session) {
        ProgramLog log = session.log("counter");
        Launched agent = session.launch(List.of(Built.c("counter"), log.path().toString()));
        log.awaitBeats(0, 3, agent);
        session.awaitMember();
        return agent;
    }
}
