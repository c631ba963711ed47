package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every self-checking program is checkpointed at work, killed and restarted twice in a row, and says itself that it is well. */
@Execution(ExecutionMode.CONCURRENT)
class ProgramsIT {
    private static final int LIVES = 2;
    private static final ReadWriteLock TURNS = new ReentrantReadWriteLock(true);

    @ParameterizedTest(name = "{0} as {1}, round {2}")
    @MethodSource("cases")
    void comesBackTwice(Program program, Account account, int round) {
        assumeTrue(account == Account.ROOT || !program.needsRoot(), program + " needs root");
        Lock turn = Programs.ALONE.contains(program.name()) ? TURNS.writeLock() : TURNS.readLock();
        turn.lock();
        try {
            live(program, account, 5 + round % 7);
        } finally {
            turn.unlock();
        }
    }

    private static void live(Program program, Account account, int beats) {
        try (Session session = Session.as(account)) {
            ProgramLog log = session.log(program.name());
            Launched agent = session.launch(program, log);
            log.awaitBeats(0, beats, agent);
            for (int life = 0; life < LIVES; life++) {
                long atCheckpoint = log.last();
                session.checkpoint();
                log.awaitBeats(log.beats().size(), 3, agent); // it goes on as if nothing had happened
                session.killAll();
                log.isWell();
                List<Long> before = log.beats();
                agent = session.restart();
                log.awaitBeats(before.size(), 10, agent);
                log.isWell();
                assertThat(log.beats().get(before.size()))
                        .as("the first heartbeat after the restart: where the checkpoint was, not at the start")
                        .isBetween(atCheckpoint + 1, before.getLast());
            }
        }
    }

    static Stream<Arguments> cases() {
        String wanted = System.getProperty("jdmtcp.programs", "");
        Set<String> names = Set.of(wanted.split(","));
        return IntStream.rangeClosed(1, Story.Rounds.COUNT)
                .boxed()
                .flatMap(round -> Programs.all().stream()
                        .filter(program -> wanted.isEmpty() || names.contains(program.name()))
                        .flatMap(program -> Stream.of(Account.values())
                                .filter(account -> account == Account.ROOT || !program.needsRoot())
                                .map(account -> Arguments.of(program, account, round))));
    }
}
