package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Fifty checkpoints of a running program leave no zombie, descriptor, thread or mapping behind: in it, in its agent, beside it. */
class FiftyIT {
    @Story
    void fiftyCheckpointsLeaveNothingBehind() {
        try (Session session = Session.open()) {
            ProgramLog log = session.log("threads64");
            Launched agent =
                    session.launch(List.of(Built.c("threads64"), log.path().toString()));
            log.awaitBeats(0, 5, agent);
            session.checkpoint(); // the first one may leave what stays the same for ever, such as a loaded class
            Map<String, Integer> before = holdings(session);
            int agentFiles = Proc.of(agent.pid()).orElseThrow().count("fd");
            for (int n = 0; n < 50; n++) {
                session.checkpoint();
            }
            log.awaitBeats(log.beats().size(), 3, agent);
            assertThat(holdings(session)).isEqualTo(before);
            assertThat(Proc.of(agent.pid()).orElseThrow().count("fd"))
                    .as("descriptors of the agent")
                    .isLessThan(agentFiles + 10);
            assertThat(Proc.all())
                    .as("zombies of the program or its agent")
                    .noneMatch(proc -> proc.isDead()
                            && (proc.ppid() == agent.pid()
                                    || session.members().stream().anyMatch(member -> member.pid() == proc.ppid())));
        }
    }

    /** Per process: descriptors, threads and mappings. */
    private static Map<String, Integer> holdings(Session session) {
        Map<String, Integer> all = new TreeMap<>();
        for (Proc proc : session.members()) {
            all.put(proc.pid() + " fd", proc.count("fd"));
            all.put(proc.pid() + " task", proc.count("task"));
            all.put(proc.pid() + " maps", proc.lines("maps").size());
        }
        return all;
    }
}
