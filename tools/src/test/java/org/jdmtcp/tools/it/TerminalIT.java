package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On a real terminal, under an interactive shell: Ctrl-Z, fg, Ctrl-C, also after a restart. test-apps/python/terminal.py and shell.py type. */
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

    @ParameterizedTest
    @EnumSource(Account.class)
    void jobControlAfterARestartOnAnotherTerminal(Account account) {
        try (Session session = Session.as(account)) {
            ProgramLog log = session.log("counter");
            Launched agent = session.launch(Programs.named("counter"), log);
            log.awaitBeats(0, 3, agent);
            session.checkpoint();
            session.killAll();
            Shell.Result typed = type(session, restart(session), log);
            assertThat(typed.status()).as(typed::toString).isZero();
            log.isWell();
        }
    }

    /** An interactive shell gives its jobs the terminal: a restart finds a group other than its own in the foreground. */
    @ParameterizedTest
    @EnumSource(Account.class)
    void shellGoesOnWithItsJobInTheForegroundOfAnotherTerminal(Account account) {
        try (Session session = Session.as(account)) {
            ProgramLog log = session.log("counter");
            String bash = Checkout.command("dmtcp_launch") + " bash --norc --noprofile -i";
            String job = Built.c("counter") + " " + log.path();
            Launched typist = session.start(python("shell.py", "launch", log, bash, job), session.programEnvironment());
            log.awaitBeats(0, 5, typist);
            session.checkpoint();
            session.killAll();
            Shell.Result typed = session.runAsProgram("", python("shell.py", "restart", log, restart(session), job));
            assertThat(typed.status()).as(typed::toString).isZero();
            log.isWell();
        }
    }

    private static String restart(Session session) {
        return Checkout.command("dmtcp_restart")
                + session.imageFiles().stream().map(image -> " " + image).collect(Collectors.joining());
    }

    private static Shell.Result type(Session session, String command, ProgramLog log) {
        return session.runAsProgram("", python("terminal.py", log, command));
    }

    private static List<String> python(String script, Object... arguments) {
        List<String> command = new ArrayList<>(
                List.of("/usr/bin/python3", Checkout.testApp("python/" + script).toString()));
        for (Object argument : arguments) {
            command.add(argument instanceof ProgramLog log ? log.path().toString() : argument.toString());
        }
        return command;
    }
}
