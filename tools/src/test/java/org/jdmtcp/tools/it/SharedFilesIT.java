package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As on another host or after a boot: files of shared memory that are gone are made again with their contents. */
class SharedFilesIT {
    @ParameterizedTest
    @EnumSource(Account.class)
    void comeBackWhereTheyAreGone(Account account) throws IOException {
        try (Session session = Session.as(account)) {
            Program program = Programs.named("shmfiles");
            assumeTrue(account == Account.ROOT || !program.needsRoot());
            ProgramLog log = session.log(program.name());
            Launched agent = session.launch(program, log);
            log.awaitBeats(0, 5, agent);
            session.checkpoint();
            session.killAll();
            assertThat(removeAll()).isPositive();
            int before = log.beats().size();
            agent = session.restart();
            log.awaitBeats(before, 10, agent);
            log.isWell();
        }
    }

    private static int removeAll() throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/dev/shm"), "*jdmtcp-test-*")) {
            for (Path file : files) {
                Files.delete(file);
                removed++;
            }
        }
        return removed;
    }
}
