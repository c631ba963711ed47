package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that changed, moved or vanished between checkpoint and restart, with and without their contents in the images. */
class OpenFilesIT {
    private static final String NAME = "openfile";

    private static Path launch(Session session, String... options) {
        Path folder = session.file("files");
        Launched agent = session.launch(List.of(Built.c(NAME), "-", folder.toString()), options);
        beats(agent);
        session.checkpoint();
        session.killAll();
        return folder.resolve("data");
    }

    // The program says that it is well on its standard output: a log that grows would have changed, too.
    private static void beats(Launched agent) {
        ProgramLog log = new ProgramLog(agent.out());
        log.awaitBeats(0, 5, agent);
        log.isWell();
    }

    private static void restartWell(Session session, String... options) {
        beats(session.restart(options));
        session.killAll();
    }

    private static void restartIsRefused(Session session, String... parts) {
        List<String> command = new ArrayList<>(List.of(Checkout.command("dmtcp_restart")));
        session.imageFiles().forEach(image -> command.add(image.toString()));
        Shell.Result result = session.runAsProgram("", command);
        assertThat(result.status()).as(result::toString).isNotZero();
        assertThat(result.err()).contains(parts);
    }

    @ParameterizedTest
    @EnumSource(Account.class)
    void aMissingFileIsMadeAgain(Account account) throws IOException {
        try (Session session = Session.as(account)) {
            Path file = launch(session, "--ckpt-open-files");
            byte[] contents = Files.readAllBytes(file);
            Files.delete(file);
            Files.delete(file.resolveSibling("sparse"));
            Files.delete(file.getParent());
            restartWell(session);
            assertThat(file).hasBinaryContent(contents);
        }
    }

    @ParameterizedTest
    @EnumSource(Account.class)
    void aChangedFileIsReplacedOnlyWhereThatIsAllowed(Account account) throws IOException {
        try (Session session = Session.as(account)) {
            Path file = launch(session, "--ckpt-open-files");
            byte[] contents = Files.readAllBytes(file);
            restartWell(session); // as it was: no question
            byte[] other = contents.clone();
            other[other.length - 1]++;
            Files.write(file, other);
            restartIsRefused(session, file.toString(), "has changed since the checkpoint", "--allow-file-overwrite");
            assertThat(file).hasBinaryContent(other);
            restartWell(session, "--allow-file-overwrite");
            assertThat(file).hasBinaryContent(contents);
        }
    }

    @ParameterizedTest
    @EnumSource(Account.class)
    void withoutContentsAFileThatVanishedOrMovedIsNamed(Account account) throws IOException {
        try (Session session = Session.as(account)) {
            Path file = launch(session);
            Path elsewhere = file.resolveSibling("moved");
            Files.move(file, elsewhere);
            restartIsRefused(session, file.toString(), "does not exist", "put it back");
            Files.createDirectory(file);
            restartIsRefused(session, file.toString(), "is a directory now");
            Files.delete(file);
            Files.move(elsewhere, file);
            restartWell(session);
        }
    }
}
