package org.jdmtcp.core.agent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jdmtcp.core.procfs.Children;
import org.jdmtcp.core.procfs.ProcessGoneException;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * The processes that the agent is responsible for: its roots and their descendants. The agent is a subreaper, so that a
 * daemon whose parents have ended becomes a child of the agent (or of the init of the program's pid namespace) and is a
 * root from then on. Safe on any thread.
 */
final class Family {
    private final int self = ProcessCalls.self();
    private final IntPredicate helper;
    private final Set<Integer> roots = new LinkedHashSet<>();
    private final Set<Integer> helpers = new LinkedHashSet<>();
    private Optional<Integer> init = Optional.empty();

    /** @param helper whether a child of the agent is no member, such as a coordinator started in the background */
    Family(final IntPredicate helper) {
        this.helper = helper;
        Linux.call(SystemCall.PRCTL, ProcessCalls.PR_SET_CHILD_SUBREAPER, 1);
    }

    synchronized void add(final int root) {
        roots.add(root);
    }

    synchronized void remove(final int pid) {
        roots.remove(pid);
        helpers.remove(pid);
    }

    synchronized void setInit(final Optional<Integer> init) {
        this.init = init;
    }

    /** Children of the agent itself that are or were members, zombies included; not the init of a pid namespace. */
    synchronized List<Integer> children() {
        return members(Children.read(self));
    }

    // The kernel gives orphans to the first living thread of a subreaper: the JVM's first, which lives as long as the
    // agent.
    // That spares us the lists of all its other threads while a computation stands still.
    private List<Integer> orphans() {
        return members(Children.read(self, self));
    }

    private List<Integer> members(final int[] pids) {
        return Arrays.stream(pids).filter(pid -> !isHelper(pid)).boxed().toList();
    }

    private boolean isHelper(final int pid) {
        if (roots.contains(pid)) {
            return false;
        }
        if (helpers.contains(pid)) {
            return true;
        }
        // A zombie cannot be recognised any more, so a helper is remembered when it is first seen.
        final boolean found = init.filter(i -> i == pid).isPresent() || helper.test(pid);
        if (found) {
            helpers.add(pid);
        }
        return found;
    }

    /** The living processes from which all members descend, the first root first. */
    synchronized Collection<Integer> roots() {
        final Set<Integer> candidates = new LinkedHashSet<>(roots);
        candidates.addAll(orphans());
        init.ifPresent(pid -> candidates.addAll(childrenOf(pid)));
        candidates.removeIf(pid -> !isAlive(pid));
        return candidates;
    }

    /** All members: roots and descendants, parents before children. */
    List<Integer> members() {
        final Set<Integer> found = new LinkedHashSet<>(roots());
        final Deque<Integer> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            for (final int child : childrenOf(open.remove())) {
                if (found.add(child)) {
                    open.add(child);
                }
            }
        }
        return new ArrayList<>(found);
    }

    /** Whether a member is in this process group. */
    boolean hasGroup(final int group) {
        return members().stream().anyMatch(pid -> isIn(group, pid));
    }

    private static boolean isIn(final int group, final int pid) {
        try {
            return Stat.read(pid).pgrp() == group;
        } catch (final ProcessGoneException e) {
            return false;
        }
    }

    /** All members with what people want to know of them. */
    List<Member> describe() {
        final List<Member> all = new ArrayList<>();
        for (final int pid : members()) {
            try {
                all.add(describe(pid));
            } catch (final ProcessGoneException e) {
                continue; // it ended while the list was made
            }
        }
        return all;
    }

    private static Member describe(final int pid) {
        final Status status = Status.read(pid);
        final String state = switch (status.state()) {
            case 'Z', 'X' -> "zombie";
            case 'T' -> "stopped";
            case 't' -> "suspended";
            default -> "running";
        };
        final String name = new String(status.name().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return new Member(pid, status.nsPid().getLast(), name, state);
    }

    private static List<Integer> childrenOf(final int pid) {
        try {
            return Arrays.stream(Children.read(pid)).boxed().toList();
        } catch (final ProcessGoneException e) {
            return List.of();
        }
    }

    /** Not a zombie, or one whose other threads still run. */
    static boolean isAlive(final int pid) {
        try {
            final Stat stat = Stat.read(pid);
            return !stat.isZombie() || stat.numThreads() > 1;
        } catch (final ProcessGoneException e) {
            return false;
        }
    }
}
