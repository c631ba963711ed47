package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dmtcp_launch prog} behaves like {@code prog}, and its death harms nobody. */
class AgentIT {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 255, -2, -9, -15})
    void exitStatusIsTheProgramsOwn(int code) {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("ending");
            Launched agent =
                    session.launch(List.of(Built.c("ending"), log.path().toString(), "2", Integer.toString(code)));
            assertThat(agent.status()).as(agent::describe).isEqualTo(code >= 0 ? code : 128 - code);
            log.isWell();
        }
    }

    /** Not an exit status of 128 and more, but the signal itself: shells tell the two apart. */
    @ParameterizedTest
    @ValueSource(ints = {-1, -2, -6, -9, -11, -13, -15, -34})
    void endsByTheSignalThatEndsTheProgram(int code) {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("ending");
            String show = "import subprocess, sys; print(subprocess.call(sys.argv[1:]))";
            Shell.Result result = session.runAsProgram(
                    "",
                    List.of(
                            "python3",
                            "-c",
                            show,
                            Checkout.command("dmtcp_launch"),
                            Built.c("ending"),
                            log.path().toString(),
                            "2",
                            Integer.toString(code)));
            assertThat(result.out()).as(result::toString).isEqualTo(code + "\n");
        }
    }

    @Story
    void exitStatusAfterARestartToo() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("ending");
            Launched agent =
                    session.launch(List.of(Built.c("ending"), log.path().toString(), "200", "7"));
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            session.killAll();
            agent = session.restart();
            assertThat(agent.status()).as(agent::describe).isEqualTo(7);
            assertThat(log.last()).isEqualTo(200);
        }
    }

    @Story
    void commandThatCannotBeRunFailsAsEnvDoes() {
        try (Session session = Session.open()) {
            assertThat(session.launchToEnd("", List.of("/nonexistent/program")).status())
                    .isEqualTo(127);
            assertThat(session.launchToEnd("", List.of("/etc/passwd")).status()).isEqualTo(126);
            assertThat(session.launchToEnd("", List.of("--no-such-option", "true"))
                            .status())
                    .isEqualTo(125);
        }
    }

    @Story
    void standardStreamsAndPipesPassThrough() {
        try (Session session = Session.open()) {
            Shell.Result upper = session.launchToEnd("hello\n", List.of("sh", "-c", "tr a-z A-Z; echo complaint >&2"));
            assertThat(upper.out()).as(upper::toString).isEqualTo("HELLO\n");
            assertThat(upper.err()).contains("complaint");
            String launch = Checkout.command("dmtcp_launch");
            Shell.Result piped =
                    session.runAsProgram("", List.of("sh", "-c", launch + " seq 1 20000 | " + launch + " tail -n 1"));
            assertThat(piped.out()).as(piped::toString).isEqualTo("20000\n");
            Shell.Result broken =
                    session.runAsProgram("", List.of("bash", "-c", launch + " yes | head -n 1; echo ${PIPESTATUS[0]}"));
            assertThat(broken.out()).as(broken::toString).isEqualTo("y\n141\n");
        }
    }

    /** Environment, descriptors, signal dispositions, limits and so on are those of a native run; the documented DMTCP_ variables aside. */
    @Story
    void surroundingsAreThoseOfANativeRun() {
        try (Session session = Session.open()) {
            String odd =
                    "exec 5</dev/null 9<>/dev/zero; trap '' HUP USR1; ulimit -n 777; ulimit -c 0; umask 027; cd /; exec nice -n 3 env ODD=1 ";
            String program = Built.c("surroundings") + " argument 'with blank'";
            Shell.Result nativeRun = session.runAsProgram("", List.of("bash", "-c", odd + program));
            Shell.Result launched = session.runAsProgram(
                    "", List.of("bash", "-c", odd + Checkout.command("dmtcp_launch") + " " + program));
            assertThat(seen(launched)).as(launched::toString).isEqualTo(seen(nativeRun));
        }
    }

    private static List<String> seen(Shell.Result result) {
        return result.out()
                .lines()
                .filter(line -> !line.startsWith("environment DMTCP_"))
                .toList();
    }

    @Story
    void signalsArePassedOn() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("signals");
            Launched agent =
                    session.launch(List.of(Built.c("signal_count"), log.path().toString()));
            log.awaitBeats(0, 3, agent);
            for (String name : List.of("HUP", "INT", "QUIT", "ABRT", "USR1", "USR2", "ALRM", "34", "62", "64")) {
                agent.signal(name);
            }
            for (int number : new int[] {1, 2, 3, 6, 10, 12, 14, 34, 62, 64}) {
                Await.until(
                        "signal " + number + " arrives", () -> log.lines().contains("signal " + number + " times 1"));
            }
            session.checkpoint();
            session.killAll();
            int before = log.beats().size();
            Launched restarted = session.restart();
            log.awaitBeats(before, 3, restarted);
            restarted.signal("USR1");
            Await.until("a signal after the restart", () -> log.lines().contains("signal 10 times 2"));
            restarted.signal("TERM");
            assertThat(restarted.status()).as(restarted::describe).isEqualTo(33);
            assertThat(log.lines()).doesNotContain("signal 10 times 3");
        }
    }

    @Story
    void firstProcessEndsAndItsChildStaysUnderControl() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("family");
            Launched agent =
                    session.launch(List.of(Built.c("family"), log.path().toString(), "10"));
            assertThat(agent.status()).as(agent::describe).isEqualTo(5);
            Await.until("the child goes on", () -> log.last() > 15);
            session.checkpoint();
            session.killAll();
            int before = log.beats().size();
            session.restart();
            Await.until("the child is back", () -> log.beats().size() > before + 5);
            log.isWell();
        }
    }

    /** Exactly the standard stream that the caller closed is closed in the program. */
    @ParameterizedTest
    @ValueSource(strings = {"0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"})
    void closedStreamsStayClosed(String closed) throws IOException {
        try (Session session = Session.open()) {
            Path seen = session.file("seen");
            String look =
                    "sh -c 'for n in 0 1 2; do [ -e /proc/$$/fd/$n ] && s=$s$n; done; echo streams $s >" + seen + "'";
            session.runAsProgram("", List.of("bash", "-c", "exec " + look + " " + closed));
            String natively = Shell.text(seen);
            session.runAsProgram(
                    "", List.of("bash", "-c", "exec " + Checkout.command("dmtcp_launch") + " " + look + " " + closed));
            assertThat(Shell.text(seen)).isEqualTo(natively);
        }
    }

    /** A restart may lack the streams that the program does without; it needs the others. */
    @Story
    void closedStreamsStayClosedInARestart() throws IOException {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            String program = " " + Built.c("counter") + " " + log.path();
            Launched agent = session.start(
                    List.of("bash", "-c", "exec " + Checkout.command("dmtcp_launch") + program + " 0<&-"),
                    session.programEnvironment());
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            session.killAll();
            String restart = "exec " + Checkout.command("dmtcp_restart") + " "
                    + session.imageFiles().getFirst();
            Shell.Result refused = session.runAsProgram("", List.of("bash", "-c", restart + " 1>&-"));
            assertThat(refused.status()).as(refused::toString).isEqualTo(125);
            assertThat(refused.err()).contains("standard stream 1");
            int before = log.beats().size();
            agent = session.start(List.of("bash", "-c", restart + " 0<&-"), session.programEnvironment());
            log.awaitBeats(before, 3, agent);
            // The first file that the program opened has got the number.
            Path first = Path.of("/proc/" + session.member("counter").pid() + "/fd/0");
            assertThat(Files.readSymbolicLink(first)).isEqualTo(log.path());
        }
    }

    /** With its descendants; who started it is not touched. */
    @Story
    void runningProgramIsTakenIn() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("pipeline");
            Launched program =
                    session.start(List.of(Built.c("pipeline"), log.path().toString()), session.programEnvironment());
            log.awaitBeats(0, 5, program);
            Launched agent = session.launch(List.of(), "--pid", Integer.toString(program.pid()));
            Await.until(
                    "a member of the computation",
                    Await.LONG,
                    agent::describe,
                    () -> session.command("dmtcp_command", "--list").out().contains(Integer.toString(program.pid())));
            session.checkpoint();
            log.awaitBeats(log.beats().size(), 3, agent);
            session.killAll();
            program.status();
            int before = log.beats().size();
            log.awaitBeats(before, 5, session.restart());
            assertThat(session.members()).extracting(Proc::pid).contains(program.pid());
        }
    }

    @Story
    void whatCannotBeTakenInIsRefused() {
        try (Session session = Session.open()) {
            String launch = "exec " + Checkout.command("dmtcp_launch") + " --pid ";
            assertThat(session.launchToEnd("", List.of("--pid", "999999999")).err())
                    .contains("there is no process");
            assertThat(session.launchToEnd("", List.of("--pid", "-1")).status()).isEqualTo(125);
            Shell.Result itself = session.runAsProgram("", List.of("bash", "-c", launch + "$$"));
            assertThat(itself.err()).as(itself::toString).contains("this very command");
            Shell.Result parent = session.runAsProgram("", List.of("bash", "-c", "(" + launch + "$$); exit $?"));
            assertThat(parent.err()).as(parent::toString).contains("descends from");
            assertThat(parent.status()).isEqualTo(125);
        }
    }

    @Story
    void processOfAnotherUserIsNotTakenIn() throws IOException {
        assumeTrue(Account.testsRunAsRoot(), "needs root to be two users: run the tests as root to see this story");
        Process foreign = new ProcessBuilder("sleep", "100").start();
        try (Session session = Session.as(Account.ORDINARY)) {
            Shell.Result result = session.launchToEnd("", List.of("--pid", Long.toString(foreign.pid())));
            assertThat(result.err()).as(result::toString).contains("of uid 0").contains("as root");
            assertThat(result.status()).isEqualTo(125);
        } finally {
            foreign.destroyForcibly();
        }
    }

    /** SIGKILL to the agent, idle and at many moments of a checkpoint's pause and after: the program goes on each time. */
    @Story
    void programOutlivesItsAgent() {
        for (int micros : new int[] {-1, 0, 300, 700, 1000, 1500, 2000, 3000, 4000, 6000, 10_000, 30_000, 100_000}) {
            try (Session session = Session.open()) {
                ProgramLog log = session.log("bigmem");
                Launched agent =
                        session.launch(List.of(Built.c("bigmem"), log.path().toString(), "64"));
                log.awaitBeats(0, 3, agent);
                session.awaitMember();
                if (micros >= 0) {
                    Proc program = session.members().getFirst();
                    awaitMomentOfPause(session, program.pid(), micros);
                }
                agent.signal("KILL");
                agent.status();
                int before = log.beats().size();
                Await.until(
                        "heartbeats after the agent's death " + micros + " us into a pause",
                        () -> log.beats().size() > before + 5);
                log.isWell();
                assertThat(session.members()).hasSize(1).allSatisfy(AgentIT::runsFreely);
            }
        }
    }

    private static void runsFreely(Proc proc) {
        assertThat(proc.state()).isNotIn('T', 't');
        assertThat(proc.lines("status")).contains("SigBlk:\t0000000000000000", "TracerPid:\t0");
    }

    // Without a rest between the looks: a moment is a fraction of a millisecond. One may still look away for a whole
    // pause.
    private static void awaitMomentOfPause(Session session, int pid, int micros) {
        for (int tries = 0; tries < 20; tries++) {
            Launched checkpoint =
                    session.start(List.of(Checkout.command("dmtcp_command"), "--bcheckpoint"), session.environment());
            while (checkpoint.isAlive()) {
                if (Proc.of(pid).orElseThrow().state() == 't') {
                    long moment = System.nanoTime() + 1000L * micros;
                    while (System.nanoTime() < moment) {
                        Thread.onSpinWait();
                    }
                    return;
                }
            }
        }
        throw new AssertionError("no pause was seen");
    }
}
