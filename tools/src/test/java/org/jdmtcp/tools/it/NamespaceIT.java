package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The old pids are taken: the program comes back in namespaces, under the same numbers, and again from there. */
class NamespaceIT {
    @ParameterizedTest
    @EnumSource(Account.class)
    void comesBackWhereItsPidsAreTaken(Account account) {
        assumeTrue(Account.testsRunAsRoot(), "needs root to take given pids: run the tests as root to see this story");
        try (Session session = Session.as(account)) {
            ProgramLog log = session.log("ids");
            Launched agent = session.launch(Programs.named("ids"), log);
            log.awaitBeats(0, 5, agent);
            session.checkpoint();
            List<Integer> pids = session.members().stream().map(Proc::pid).toList();
            session.killAll();
            try {
                pids.forEach(NamespaceIT::take);
                for (int life = 0; life < 2; life++) {
                    int before = log.beats().size();
                    log.awaitBeats(before, 10, session.restart());
                    pids.forEach(pid -> assertThat(Proc.of(pid))
                            .get()
                            .extracting(Proc::comm)
                            .isEqualTo("stampede"));
                    session.checkpoint();
                    session.killAll();
                }
            } finally {
                pids.stream()
                        .flatMap(pid -> Proc.of(pid).stream())
                        .filter(proc -> proc.comm().equals("stampede"))
                        .forEach(proc -> proc.signal("KILL"));
            }
        }
    }

    private static void take(int pid) {
        Shell.Result result = Shell.run(List.of(Built.c("stampede"), Integer.toString(pid)));
        assertThat(result.status()).as(result::toString).isZero();
        Await.until("pid " + pid + " is taken", () -> Proc.of(pid).isPresent());
    }

    /** While the original runs on, its checkpoint is a second, independent run: every pid is taken, by the program itself. */
    @Story
    void comesBackBesideTheOriginal() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            Launched agent = session.launch(Programs.named("counter"), log);
            log.awaitBeats(0, 5, agent);
            session.checkpoint();
            session.startCoordinator(session.file("second-port"));
            session.environment().put("DMTCP_COORD_PORT", Session.port(session.file("second-port")));
            Launched second = session.restart();
            Await.until(
                    "two programs",
                    Await.LONG,
                    second::describe,
                    () -> session.members().stream()
                                    .filter(proc -> proc.comm().equals("counter"))
                                    .count()
                            == 2);
            log.awaitBeats(log.beats().size(), 20, second);
            session.command("dmtcp_command", "--quit");
        }
    }
}
