package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.List;

/** Checkpoints by the clock: by option, changed by command, off with 0. */
class IntervalIT {
    @Story
    void checkpointsComeByThemselves() throws IOException {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("counter");
            Launched agent =
                    session.launch(List.of(Built.c("counter"), log.path().toString()), "--interval", "1");
            log.awaitBeats(0, 3, agent);
            Await.until("a first image", () -> !session.imageFiles().isEmpty());
            FileTime first = newest(session);
            Await.until("a later image", () -> newest(session).compareTo(first) > 0);
            assertThat(session.command("dmtcp_command", "--interval", "0").status())
                    .isZero();
            assertThat(session.command("dmtcp_command", "--json", "--status")
                            .out()
                            .replace(" ", ""))
                    .contains("\"checkpoint_interval\":0");
            session.checkpoint(); // after which no round is under way
            FileTime last = newest(session);
            log.awaitBeats(log.beats().size(), 50, agent); // two and a half seconds of the program's time
            assertThat(newest(session)).isEqualTo(last);
            session.killAll();
            int before = log.beats().size();
            log.awaitBeats(before, 5, session.restart());
        }
    }

    private static FileTime newest(Session session) throws IOException {
        FileTime newest = FileTime.fromMillis(0);
        for (var image : session.imageFiles()) {
            FileTime time = Files.getLastModifiedTime(image);
            newest = time.compareTo(newest) > 0 ? time : newest;
        }
        return newest;
    }
}
