package org.jdmtcp.tools.it;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds and kills the processes of a story: the agents' descendants, and whoever was started with the story's mark. */
final class Members {
    private final String mark;

    Members(String mark) {
        this.mark = mark;
    }

    List<Proc> alive(List<Launched> agents) {
        Set<Integer> roots = new HashSet<>();
        agents.stream().filter(Launched::isAlive).forEach(agent -> roots.add(agent.pid()));
        List<Proc> all = Proc.all();
        Map<Integer, Integer> parents = new HashMap<>();
        all.forEach(proc -> parents.put(proc.pid(), proc.ppid()));
        return all.stream()
                .filter(proc -> !proc.isDead() && (descends(proc.pid(), roots, parents) || proc.startedWith(mark)))
                .toList();
    }

    private static boolean descends(int pid, Set<Integer> roots, Map<Integer, Integer> parents) {
        for (Integer at = pid; at != null && at > 1; at = parents.get(at)) {
            if (roots.contains(at)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Stops all first, so that none sees another die (it would rightly call that a loss), then kills them, children before parents.
     */
    void kill(List<Launched> agents) {
        List<Proc> found = alive(agents);
        Set<Integer> stopped = new HashSet<>();
        Set<Integer> ofAgents = new HashSet<>();
        agents.forEach(agent -> ofAgents.add(agent.pid()));
        found.stream().filter(proc -> ofAgents.contains(proc.pid())).forEach(proc -> proc.signal("KILL"));
        for (boolean more = true; more; ) {
            more = false;
            for (Proc proc : found) {
                if (!ofAgents.contains(proc.pid()) && stopped.add(proc.pid())) {
                    proc.signal("STOP");
                    more = true;
                }
            }
            found = union(found, alive(agents));
        }
        List<Proc> order = new ArrayList<>(found);
        order.sort(Comparator.comparingInt((Proc proc) -> depth(proc.pid())).reversed());
        order.forEach(proc -> proc.signal("KILL"));
        Await.until("the story's processes are gone", () -> {
            alive(agents).forEach(proc -> proc.signal("KILL"));
            return alive(agents).isEmpty()
                    && order.stream()
                            .noneMatch(proc -> Proc.of(proc.pid())
                                    .filter(now -> now.isDead() && !ofAgents.contains(now.pid()))
                                    .isPresent());
        });
    }

    private static List<Proc> union(List<Proc> one, List<Proc> two) {
        Map<Integer, Proc> all = new HashMap<>();
        one.forEach(proc -> all.put(proc.pid(), proc));
        two.forEach(proc -> all.put(proc.pid(), proc));
        return List.copyOf(all.values());
    }

    private static int depth(int pid) {
        int depth = 0;
        for (int at = pid; at > 1; depth++) {
            at = Proc.of(at).map(Proc::ppid).orElse(0);
        }
        return depth;
    }
}
