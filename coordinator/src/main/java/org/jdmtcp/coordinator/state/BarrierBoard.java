package org.jdmtcp.coordinator.state;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who waits at which barrier of a round.
 *
 * <p>INVARIANT: an agent waits at one barrier at most. A barrier at which every present member waits is released and forgotten, so
 * that its name may be used again.
 */
public final class BarrierBoard {
    private final Set<String> members;
    private final Map<String, String> waiting = new LinkedHashMap<>();

    public BarrierBoard(Set<String> members) {
        this.members = new LinkedHashSet<>(members);
    }

    /** An agent has arrived. Returns whom to release: nobody, or all members. */
    public List<String> arrive(String agent, String barrier) {
        waiting.put(agent, barrier);
        return release(barrier);
    }

    /** A member is gone. Returns the barrier that this opens; {@link #members} are to be released from it. */
    public Optional<String> leave(String agent) {
        members.remove(agent);
        waiting.remove(agent);
        for (String barrier : Set.copyOf(waiting.values())) {
            if (!release(barrier).isEmpty()) {
                return Optional.of(barrier);
            }
        }
        return Optional.empty();
    }

    private List<String> release(String barrier) {
        if (members.isEmpty() || !members.stream().allMatch(m -> barrier.equals(waiting.get(m)))) {
            return List.of();
        }
        waiting.clear();
        return List.copyOf(members);
    }

    /** Who is still there. */
    public List<String> members() {
        return List.copyOf(members);
    }

    /** Where an agent waits. */
    public Optional<String> barrierOf(String agent) {
        return Optional.ofNullable(waiting.get(agent));
    }
}
