package org.jdmtcp.core.restart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * The processes that make open files under other ids than the agent's. They are born and end before the processes of the
 * computation are, so that the ids are free again. Closing it ends them.
 */
final class Makers implements AutoCloseable {
    private static final int ANY = 0;

    private final Nursery nursery;
    private final Handover handover;
    private final Consumer<String> warnings;
    private final Map<Ids, Process> makers = new LinkedHashMap<>();

    private record Ids(int pid, int uid, int gid) {}

    /** @param warnings told of ids that cannot be had */
    Makers(final Nursery nursery, final Handover handover, final Consumer<String> warnings) {
        this.nursery = nursery;
        this.handover = handover;
        this.warnings = warnings;
    }

    /** See {@link org.jdmtcp.spi.RestoreContext#maker}. */
    Maker maker(final int pid, final int uid, final int gid) {
        return makers.computeIfAbsent(new Ids(Math.max(pid, ANY), uid, gid), this::make);
    }

    private Process make(final Ids ids) {
        final Process process = new Process(birth(ids.pid));
        if (ProcessCalls.effectiveUid() == 0 && (ids.uid != 0 || ids.gid != 0)) {
            final Batch batch = process.newborn.scratch().batch();
            batch.must(SystemCall.SETRESGID, ids.gid, ids.gid, ids.gid);
            batch.must(SystemCall.SETRESUID, ids.uid, ids.uid, ids.uid);
            batch.run();
        }
        return process;
    }

    private Newborn birth(final int pid) {
        final boolean taken = makers.keySet().stream().anyMatch(ids -> ids.pid == pid && pid != ANY);
        if (!taken) {
            try {
                return nursery.clone(pid, "maker");
            } catch (final IdTakenException e) {
                warnings.accept(
                        "a socket's peer was process " + pid + ", which is another one now: it shows another id");
            }
        }
        return nursery.clone(ANY, "maker");
    }

    private final class Process implements Maker {
        private final Newborn newborn;

        Process(final Newborn newborn) {
            this.newborn = newborn;
        }

        @Override
        public RemoteBatch batch() {
            return newborn.batch();
        }

        @Override
        public int give(final Fd file) {
            return handover.give(newborn.scratch(), file);
        }

        @Override
        public Fd take(final int number) {
            final Fd taken;
            try (Fd process = ProcessCalls.pidFd(newborn.pid()).orElseThrow()) {
                taken = ProcessCalls.takeFd(process, number);
            }
            final Batch batch = newborn.scratch().batch();
            batch.must(SystemCall.CLOSE, number);
            batch.run();
            return taken;
        }
    }

    @Override
    public void close() {
        List.copyOf(makers.values()).forEach(maker -> nursery.end(maker.newborn));
        makers.clear();
    }
}
