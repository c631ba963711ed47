package org.jdmtcp.coordinator.state;

import java.util.List;
import org.jdmtcp.coordinator.ProcessInfo;

/**
 * What there is to know about a computation.
 *
 * @param running there are members, and no checkpoint is going on
 * @param intervalSeconds 0 for never
 * @param generation of the last committed checkpoint, 0 for none
 */
public record ComputationStatus(
        boolean running, long intervalSeconds, String computationId, long generation, List<Member> members) {
    public ComputationStatus {
        members = List.copyOf(members);
    }

    /**
     * One agent.
     *
     * @param answered false where the processes are those of its last answer, since it gave none now
     */
    public record Member(MemberInfo info, boolean answered, List<ProcessInfo> processes) {
        public Member {
            processes = List.copyOf(processes);
        }
    }
}
