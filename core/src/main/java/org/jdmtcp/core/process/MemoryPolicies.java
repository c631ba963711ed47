package org.jdmtcp.core.process;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.process.message.MemoryLayout;
import org.jdmtcp.core.process.message.MemoryPolicy;
import org.jdmtcp.core.process.message.ThreadState;
import org.jdmtcp.core.procfs.Mapping;
import org.jdmtcp.core.procfs.MappingKind;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * From which NUMA nodes memory comes: {@code set_mempolicy(2)} of threads, {@code mbind(2)} of mappings. Where a thread or a
 * mapping has none of its own the kernel says MPOL_DEFAULT.
 */
final class MemoryPolicies implements StatePart<MemoryLayout.Builder> {
    private static final int MPOL_DEFAULT = 0;
    private static final int MPOL_F_ADDR = 2;
    /** Bits of a node mask and one more, as the kernel counts them: as many nodes as any kernel is built for. */
    private static final int MAX_NODE = 1025;

    private static final int MASK_SIZE = 128;
    private static final int MODE_SIZE = 4;
    /** Questions that fit into a process's batch beside those of others; further mappings are asked about afterwards. */
    private static final int MOST = 2000;

    private final FrozenProcess process;
    private final List<Mapping> mappings;
    private final List<Question> asked;

    private record Question(Mapping mapping, long mode, int call) {}

    MemoryPolicies(final FrozenProcess process, final Batch batch) {
        this.process = process;
        mappings = process.maps().mappings().stream()
                .filter(m -> m.kind() != MappingKind.VDSO
                        && m.kind() != MappingKind.VVAR
                        && m.kind() != MappingKind.VSYSCALL)
                .toList();
        asked = ask(mappings.subList(0, Math.min(MOST, mappings.size())), batch);
    }

    private static List<Question> ask(final List<Mapping> about, final Batch batch) {
        final List<Question> questions = new ArrayList<>();
        for (final Mapping mapping : about) {
            final long mode = batch.room(MODE_SIZE);
            questions.add(new Question(
                    mapping, mode, batch.add(SystemCall.GET_MEMPOLICY, mode, 0, 0, mapping.start(), MPOL_F_ADDR)));
        }
        return questions;
    }

    @Override
    public void read(final Batch batch, final MemoryLayout.Builder into) {
        final List<Mapping> own = new ArrayList<>(own(asked, batch));
        for (int from = MOST; from < mappings.size(); from += MOST) {
            final Batch more =
                    process.scratch().batch().failSafe(process.mainThread().extendedState());
            final List<Question> further = ask(mappings.subList(from, Math.min(from + MOST, mappings.size())), more);
            more.run();
            own.addAll(own(further, more));
        }
        own.forEach(mapping -> into.addPolicies(policy(mapping)));
    }

    private static List<Mapping> own(final List<Question> questions, final Batch done) {
        return questions.stream()
                .filter(question -> !Errno.isError(done.result(question.call))
                        && done.buffer(question.mode, MODE_SIZE).getInt() != MPOL_DEFAULT)
                .map(Question::mapping)
                .toList();
    }

    private MemoryPolicy policy(final Mapping mapping) {
        final Batch batch =
                process.scratch().batch().failSafe(process.mainThread().extendedState());
        final long mode = batch.room(MODE_SIZE);
        final long mask = batch.room(MASK_SIZE);
        batch.must(SystemCall.GET_MEMPOLICY, mode, mask, MAX_NODE, mapping.start(), MPOL_F_ADDR);
        batch.run();
        return MemoryPolicy.newBuilder()
                .setStart(mapping.start())
                .setSize(mapping.length())
                .setMode(batch.buffer(mode, MODE_SIZE).getInt())
                .setNodes(ByteString.copyFrom(batch.bytes(mask, MASK_SIZE)))
                .build();
    }

    /** Adds the calls that give mappings their policies. */
    static void restore(final Batch batch, final MemoryLayout memory) {
        for (final MemoryPolicy policy : memory.getPoliciesList()) {
            final long nodes = batch.put(policy.getNodes().toByteArray());
            batch.must(SystemCall.MBIND, policy.getStart(), policy.getSize(), policy.getMode(), nodes, MAX_NODE, 0);
        }
    }

    /** A thread's own policy, asked for in that thread. */
    static final class OfThread implements StatePart<ThreadState.Builder> {
        private final long mode;
        private final long mask;
        private final int call;

        OfThread(final Batch batch) {
            mode = batch.room(MODE_SIZE);
            mask = batch.room(MASK_SIZE);
            call = batch.add(SystemCall.GET_MEMPOLICY, mode, mask, MAX_NODE, 0, 0);
        }

        @Override
        public void read(final Batch batch, final ThreadState.Builder into) {
            final int told = batch.buffer(mode, MODE_SIZE).getInt();
            if (!Errno.isError(batch.result(call)) && told != MPOL_DEFAULT) {
                into.setMemoryPolicy(MemoryPolicy.newBuilder()
                        .setMode(told)
                        .setNodes(ByteString.copyFrom(batch.bytes(mask, MASK_SIZE))));
            }
        }

        /** Adds the call that sets it, in that thread. */
        static void restore(final Batch batch, final ThreadState thread) {
            if (thread.hasMemoryPolicy()) {
                final MemoryPolicy policy = thread.getMemoryPolicy();
                batch.must(
                        SystemCall.SET_MEMPOLICY,
                        policy.getMode(),
                        batch.put(policy.getNodes().toByteArray()),
                        MAX_NODE);
            }
        }
    }
}
