package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be restored makes the checkpoint be refused, by name and owner, and the program is not touched. */
class RefusalIT {
    @Story
    void connectedSocketIsRefusedAndTheProgramGoesOn() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("refused");
            Launched agent =
                    session.launch(List.of(Built.c("refused"), log.path().toString()));
            log.awaitBeats(0, 3, agent);
            session.awaitMember();
            Proc owner = session.member("refused");
            String descriptor = log.lines().getFirst().substring("socket ".length());
            for (int round = 0; round < 3; round++) {
                Shell.Result result = session.command("dmtcp_command", "--bcheckpoint");
                assertThat(result.status()).as(result::toString).isNotZero();
                assertThat(result.out() + result.err())
                        .contains("socket")
                        .contains(descriptor)
                        .contains(Integer.toString(owner.pid()));
                log.awaitBeats(log.beats().size(), 3, agent);
            }
            assertThat(session.imageFiles()).isEmpty();
            assertThat(session.members()).containsExactly(session.member("refused"));
        }
    }

    @Story
    void confinedProgramsOfOrdinaryUsersAreRefusedUnharmed() {
        for (String how : List.of("seccomp", "landlock")) {
            try (Session session = Session.as(Account.ORDINARY)) {
                ProgramLog log = session.log("confined");
                Launched agent =
                        session.launch(List.of(Built.c("confined"), log.path().toString(), how));
                log.awaitBeats(0, 3, agent);
                assumeFalse(log.lines().contains("no landlock here"), "this kernel has no Landlock");
                session.awaitMember();
                Shell.Result result = session.command("dmtcp_command", "--bcheckpoint");
                assertThat(result.status()).as(result::toString).isNotZero();
                assertThat(result.err()).containsIgnoringCase(how).contains("confined (pid");
                log.awaitBeats(log.beats().size(), 3, agent);
                log.isWell();
                assertThat(session.imageFiles()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "aio, an AIO context",
        "io_uring, io_uring",
        "dnotify, dnotify",
        "pidfd, outside of the computation",
    })
    void whatTheKernelTellsNobodyIsRefusedByName(String how, String named) {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("unrestorable");
            Launched agent =
                    session.launch(List.of(Built.c("unrestorable"), log.path().toString(), how));
            log.awaitBeats(0, 3, agent);
            session.awaitMember();
            Shell.Result result = session.command("dmtcp_command", "--bcheckpoint");
            assertThat(result.status()).as(result::toString).isNotZero();
            assertThat(result.err()).contains(named).contains("unrestorable (pid");
            log.awaitBeats(log.beats().size(), 3, agent);
            log.isWell();
            assertThat(session.imageFiles()).isEmpty();
        }
    }
}
