package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint every 200 ms, for {@code -Djdmtcp.storm=SECONDS} (10 by default), of programs that never hold still: nobody dies. */
class StormIT {
    private static final Duration LENGTH = Duration.ofSeconds(Long.getLong("jdmtcp.storm", 10));
    private static final Duration PERIOD = Duration.ofMillis(200);

    @ParameterizedTest
    @ValueSource(strings = {"forkstorm", "spawns", "sleepers", "sleepers-long", "bash-pipeline", "signals", "pipeline"})
    void nobodyDies(String name) {
        try (Session session = Session.open()) {
            ProgramLog log = session.log(name);
            Launched agent = session.launch(Programs.named(name), log);
            log.awaitBeats(0, 5, agent);
            long end = System.nanoTime() + LENGTH.toNanos();
            int rounds = 0;
            for (long next = System.nanoTime(); next < end; rounds++) {
                long due = next;
                Await.until("the next round", () -> System.nanoTime() >= due);
                session.checkpoint();
                next = Math.max(next + PERIOD.toNanos(), System.nanoTime());
                log.isWell();
            }
            assertThat(rounds).isPositive();
            log.awaitBeats(log.beats().size(), 5, agent);
            session.killAll();
            int before = log.beats().size();
            log.awaitBeats(before, 10, session.restart());
        }
    }
}
