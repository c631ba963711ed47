package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** On a real terminal, under an interactive shell: Ctrl-Z, fg, Ctrl-C, also after a restart. test-apps/python/terminal.py types. */
class TerminalIT {
    @Story
    void jobControlIsThatOfTheProgram() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            Shell.Result typed =
                    type(session, Checkout.command("dmtcp_launch") + " " + Built.c("counter") + " " + log.path(), log);
            assertThat(typed.status()).as(typed::toString).isZero();
            log.isWell();
        }
    }

    @Story
    void jobControlAfterARestartOnAnotherTerminal() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            Launched agent = session.launch(Programs.named("counter"), log);
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            session.killAll();
            Shell.Result typed = type(
                    session,
                    Checkout.command("dmtcp_restart") + " "
                            + session.imageFiles().getFirst(),
                    log);
            assertThat(typed.status()).as(typed::toString).isZero();
            log.isWell();
        }
    }

    private static Shell.Result type(Session session, String command, ProgramLog log) {
        return session.runAsProgram(
                "",
                List.of(
                        "/usr/bin/python3",
                        Checkout.testApp("python/terminal.py").toString(),
                        log.path().toString(),
                        command));
    }
}
