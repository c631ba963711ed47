package org.jdmtcp.core.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.freeze.ZombieProcess;
import org.jdmtcp.core.process.message.Identity;
import org.jdmtcp.core.process.message.Zombie;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * Ids as the programs see them, and the relations between processes. The session and the process group that the computation
 * was started in belong to somebody else's shell: they are noted as 0 and become those of dmtcp_restart.
 */
final class Identities {
    private final FrozenTree tree;
    private final SessionTerminals terminals;
    private final int firstPid;
    private final Set<Integer> outsideGroups = new HashSet<>();
    private final Set<Integer> outsideSessions = new HashSet<>();

    Identities(final FrozenTree tree, final SessionTerminals terminals) {
        this.tree = tree;
        this.terminals = terminals;
        final Status self = Status.read(ProcessCalls.self());
        outsideGroups.add(self.nsPgid().getLast());
        outsideSessions.add(self.nsSid().getLast());
        final FrozenProcess first = tree.processes().getFirst();
        firstPid = first.pid();
        final Status status = first.status();
        // A program that was taken in has its own shell's session and group, not the agent's.
        if (!isMember(status.nsPgid().getFirst())) {
            outsideGroups.add(status.nsPgid().getFirst());
        }
        if (!isMember(status.nsSid().getFirst())) {
            outsideSessions.add(status.nsSid().getFirst());
        }
    }

    private boolean isMember(final int pid) {
        return tree.process(pid).isPresent() || tree.zombies().stream().anyMatch(z -> z.pid() == pid);
    }

    Identity of(final FrozenProcess process) {
        final Status status = process.status();
        final Stat stat = Stat.read(process.pid());
        return Identity.newBuilder()
                .setPid(process.ownPid())
                .setParent(tree.process(process.parentPid())
                        .map(FrozenProcess::ownPid)
                        .orElse(0))
                .setGroup(group(status))
                .setSession(session(status))
                .setExitSignal(stat.exitSignal())
                .setCommand(process.command())
                .setFirst(process.pid() == firstPid)
                .setForeground(stat.tpgid() == stat.pgrp())
                .setLeaderGone(process.isLeaderGone())
                .setRealUid(status.uid().real())
                .setTerminal(session(status) == 0 ? 0 : terminals.of(stat))
                .setForegroundGroup(stat.session() == process.pid() ? terminals.foregroundGroup(stat) : 0)
                .setSeenGroup(status.nsPgid().getLast())
                .setSeenSession(status.nsSid().getLast())
                .build();
    }

    List<Zombie> zombiesOf(final FrozenProcess parent) {
        final List<Zombie> zombies = new ArrayList<>();
        for (final ZombieProcess zombie : tree.zombies()) {
            if (zombie.parentPid() == parent.pid()) {
                zombies.add(Zombie.newBuilder()
                        .setPid(zombie.ownPid())
                        .setGroup(group(zombie.status()))
                        .setSession(session(zombie.status()))
                        .setExitSignal(zombie.stat().exitSignal())
                        .setStatus(zombie.stat().exitCode())
                        .setName(com.google.protobuf.ByteString.copyFrom(
                                zombie.status().name().getBytes(StandardCharsets.ISO_8859_1)))
                        .build());
            }
        }
        return zombies;
    }

    private int group(final Status status) {
        return outsideGroups.contains(status.nsPgid().getFirst())
                ? 0
                : status.nsPgid().getLast();
    }

    private int session(final Status status) {
        return outsideSessions.contains(status.nsSid().getFirst())
                ? 0
                : status.nsSid().getLast();
    }
}
