package org.jdmtcp.core.restart;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jdmtcp.core.process.StopReport;
import org.jdmtcp.core.process.message.Identity;
import org.jdmtcp.core.process.message.Zombie;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Grows the tree of processes: everyone from his own parent, with his own number, in his own session and group.
 *
 * <ol>
 *   <li>A session cannot be joined: a child of the old session is cloned before its parent founds a new one, the others after.
 *   <li>A session or group whose founder is gone needs somebody of that number for a moment: a stand-in, which ends when the
 *       others have been born into the session or have joined the group.
 *   <li>A child that shares pages with its parent is cloned when the parent's memory is whole.
 *   <li>Children that have ended are made too, and end when everybody has joined his group.
 * </ol>
 */
final class TreeBuilder {
    private final Ptrace ptrace;
    private final RestartImages images;
    private final long rootFlags;
    private final SessionTerminals terminals;
    private final LaunchIds launchIds;
    private final BiConsumer<Newborn, Inheritance> memory;
    private final Map<Integer, Newborn> processes = new LinkedHashMap<>();
    private final Map<Newborn, Zombie> zombies = new LinkedHashMap<>();
    private final Map<Integer, Newborn> sessionStandIns = new HashMap<>();

    /**
     * @param rootFlags CLONE_PARENT where roots become siblings of the stub, 0 where they become its children
     * @param terminals gives sessions their terminals
     * @param launchIds what becomes of the group and session that the computation was launched in
     * @param memory builds the memory of a process
     */
    TreeBuilder(
            final Ptrace ptrace,
            final RestartImages images,
            final long rootFlags,
            final SessionTerminals terminals,
            final LaunchIds launchIds,
            final BiConsumer<Newborn, Inheritance> memory) {
        this.ptrace = ptrace;
        this.images = images;
        this.rootFlags = rootFlags;
        this.terminals = terminals;
        this.launchIds = launchIds;
        this.memory = memory;
    }

    /** Grows everything from the stub. @return the processes by their own ids, parents first */
    Map<Integer, Newborn> grow(final Newborn stub) {
        for (final RestartImage root : images.roots()) {
            final Identity identity = root.process().getIdentity();
            final int session = launchIds.session(identity.getSession());
            final boolean orphaned = session != 0
                    && session != identity.getPid()
                    && session != stub.ownPid()
                    && !processes.containsKey(session);
            final Newborn from = orphaned ? standIn(stub, session) : stub;
            grow(from, root, rootFlags, Inheritance.NONE);
        }
        joinGroups(stub);
        terminals.settle(processes);
        sessionStandIns.values().forEach(s -> s.exit(0));
        // When a stand-in ends, the kernel continues those that are stopped in its group; so these come after.
        images.all().stream().filter(i -> i.process().getGroupStopped()).forEach(this::stop);
        zombies.forEach(this::end);
        return processes;
    }

    private Newborn standIn(final Newborn stub, final int session) {
        return sessionStandIns.computeIfAbsent(session, id -> {
            final Newborn made = stub.cloneProcess(id, rootFlags, 0, "session leader");
            run(made, SystemCall.SETSID);
            return made;
        });
    }

    private void grow(final Newborn from, final RestartImage image, final long flags, final Inheritance inheritance) {
        final Identity identity = image.process().getIdentity();
        final Newborn process = from.cloneProcess(
                identity.getPid(), flags, flags == 0 ? identity.getExitSignal() : 0, identity.getCommand());
        processes.put(identity.getPid(), process);
        final List<RestartImage> children = images.children(identity.getPid());
        final boolean first = children.stream().anyMatch(Inheritance::isNeeded);
        if (first) {
            memory.accept(process, inheritance);
        }
        final boolean founder = identity.getSession() == identity.getPid();
        for (final RestartImage child : children) {
            if (founder && !isOfSession(child, identity.getPid())) {
                grow(process, child, 0, Inheritance.of(image, child));
            }
        }
        if (founder) {
            run(process, SystemCall.SETSID);
            terminals.take(process, identity);
        } else if (identity.getGroup() == identity.getPid()) {
            run(process, SystemCall.SETPGID, 0, 0);
        }
        for (final RestartImage child : children) {
            if (!processes.containsKey(child.pid())) {
                grow(process, child, 0, Inheritance.of(image, child));
            }
        }
        image.process().getZombiesList().forEach(z -> makeZombie(process, z));
        if (!first) {
            memory.accept(process, inheritance);
        }
    }

    private static boolean isOfSession(final RestartImage child, final int session) {
        final Identity identity = child.process().getIdentity();
        return identity.getSession() == session || identity.getSession() == identity.getPid();
    }

    private void makeZombie(final Newborn parent, final Zombie zombie) {
        final Newborn made = parent.cloneProcess(zombie.getPid(), 0, zombie.getExitSignal(), "zombie");
        if (zombie.getSession() == zombie.getPid()) {
            run(made, SystemCall.SETSID);
        } else if (zombie.getGroup() == zombie.getPid()) {
            run(made, SystemCall.SETPGID, 0, 0);
        }
        zombies.put(made, zombie);
    }

    private void joinGroups(final Newborn stub) {
        final Map<Integer, List<Newborn>> joining = new LinkedHashMap<>();
        processes.forEach((pid, process) -> {
            final int group = launchIds.group(
                    images.find(pid).orElseThrow().process().getIdentity().getGroup());
            if (group != 0 && group != pid) {
                joining.computeIfAbsent(group, g -> new ArrayList<>()).add(process);
            }
        });
        zombies.forEach((process, zombie) -> {
            final int group = launchIds.group(zombie.getGroup());
            if (group != 0 && group != zombie.getPid()) {
                joining.computeIfAbsent(group, g -> new ArrayList<>()).add(process);
            }
        });
        joining.forEach((group, members) -> join(stub, group, members));
    }

    private void join(final Newborn stub, final int group, final List<Newborn> members) {
        final boolean founded = group == stub.ownPid()
                || processes.containsKey(group)
                || sessionStandIns.containsKey(group)
                || zombies.values().stream().anyMatch(z -> z.getPid() == group);
        if (founded) {
            members.forEach(m -> run(m, SystemCall.SETPGID, 0, group));
            return;
        }
        final Newborn parent = members.getFirst();
        final Newborn standIn = parent.cloneProcess(group, 0, 0, "group leader");
        run(standIn, SystemCall.SETPGID, 0, 0);
        members.forEach(m -> run(m, SystemCall.SETPGID, 0, group));
        standIn.exit(0);
        parent.reap(group);
    }

    // Now, and not when all is done: the kernel's SIGCHLD goes with what else is waiting for the parent by then. The
    // process can do our work all the same, and stands again when it is let go.
    private void stop(final RestartImage image) {
        process(image.pid()).stop();
        final Newborn parent = processes.get(image.process().getIdentity().getParent());
        if (parent != null && image.process().getStopTaken()) {
            final var batch = parent.scratch().batch();
            StopReport.take(batch, image.pid());
            batch.run();
        }
    }

    private void end(final Newborn process, final Zombie zombie) {
        new Ending(ptrace, process).end(zombie);
    }

    private static void run(final Newborn process, final SystemCall call, final long... arguments) {
        final var batch = process.scratch().batch();
        batch.must(call, arguments);
        batch.run();
    }

    /** A process that was grown. */
    Newborn process(final int pid) {
        return Objects.requireNonNull(processes.get(pid));
    }
}
