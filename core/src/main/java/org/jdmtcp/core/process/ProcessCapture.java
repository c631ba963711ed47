package org.jdmtcp.core.process;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.PendingSignals;
import org.jdmtcp.core.process.message.Attributes;
import org.jdmtcp.core.process.message.MemoryLayout;
import org.jdmtcp.core.process.message.ProcessState;
import org.jdmtcp.core.process.message.SignalState;
import org.jdmtcp.core.process.message.ThreadState;
import org.jdmtcp.core.procfs.Auxv;
import org.jdmtcp.core.procfs.Stat;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Scratch;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Everything that the kernel holds for a stopped process, apart from mappings and descriptors. Reads what can be read from
 * outside, and has the process tell the rest in one batch per thread.
 */
public final class ProcessCapture {
    private final FrozenProcess process;
    private final Inquirer inquirer;
    private final Batch batch;
    private final ThreadCapture mainThread;
    private final SignalActions actions;
    private final ProcessAttributes attributes;
    private final MemoryPolicies policies;
    private final Optional<AccessProbe> probe;
    private final int brk;
    private final List<PendingThread> threads = new ArrayList<>();

    private record PendingThread(ThreadCapture capture, Batch batch) {}

    private ProcessCapture(final FrozenProcess process, final Inquirer inquirer) {
        this.process = process;
        this.inquirer = inquirer;
        batch = process.scratch().batch();
        mainThread = new ThreadCapture(process.mainThread(), process.status(process.mainThread()), batch);
        actions = new SignalActions(batch);
        attributes = new ProcessAttributes(process, batch);
        policies = new MemoryPolicies(process, batch);
        probe = AccessProbe.ask(process, batch);
        brk = batch.must(SystemCall.BRK, 0);
        inquirer.inquire(batch);
    }

    /**
     * Begins to capture one process: it is at its batch when this returns. Other processes can be begun with before {@link
     * #finish} waits for it.
     *
     * @param inquirer who else has questions to it
     * @throws Refusal where it has state that nobody can restore
     */
    public static ProcessCapture start(final FrozenProcess process, final Inquirer inquirer) {
        refuseUnknown(process);
        final ProcessCapture capture = new ProcessCapture(process, inquirer);
        capture.batch.start();
        return capture;
    }

    private static void refuseUnknown(final FrozenProcess process) {
        if (!process.mainThread().registers().is64Bit()) {
            throw new Refusal(process.describe() + " is a 32-bit program: these cannot be checkpointed yet");
        }
    }

    /**
     * What the process has told.
     *
     * @return identity and mappings are left to the caller
     * @throws Refusal where it has state that nobody can restore
     */
    public ProcessState.Builder finish() {
        batch.finish();
        final ProcessState.Builder state = ProcessState.newBuilder().setGroupStopped(process.isGroupStopped());
        final ThreadState.Builder first = ThreadState.newBuilder();
        mainThread.read(batch, first);
        state.addThreads(first);
        final SignalState.Builder signals = SignalState.newBuilder();
        actions.read(batch, signals);
        final Attributes.Builder processAttributes = Attributes.newBuilder();
        attributes.read(batch, processAttributes);
        state.setAttributes(processAttributes);
        probe.ifPresent(question -> question.answer(batch));
        final MemoryLayout.Builder memory = memory(batch.result(brk));
        policies.read(batch, memory);
        state.setMemory(memory);
        captureOtherThreads(state);
        capturePending(state, signals);
        state.setSignals(signals);
        inquirer.answer(batch);
        return state;
    }

    private void capturePending(final ProcessState.Builder state, final SignalState.Builder signals) {
        final PendingSignals pending = process.capturePending();
        signals.addAllPending(SignalActions.queueable(pending.shared()));
        for (int i = 0; i < pending.own().size(); i++) {
            state.getThreadsBuilder(i)
                    .addAllPending(SignalActions.queueable(pending.own().get(i)));
        }
    }

    // As many threads at a time as there are slots: their batches run side by side.
    private void captureOtherThreads(final ProcessState.Builder state) {
        final List<Tracee> others =
                process.threads().subList(1, process.threads().size());
        for (int from = 0; from < others.size(); from += Scratch.SLOTS) {
            threads.clear();
            final int to = Math.min(others.size(), from + Scratch.SLOTS);
            for (int i = from; i < to; i++) {
                final Batch batch = process.scratch().batch(others.get(i), i - from);
                threads.add(new PendingThread(
                        new ThreadCapture(others.get(i), process.status(others.get(i)), batch), batch));
                batch.start();
            }
            for (final PendingThread thread : threads) {
                thread.batch.finish();
                final ThreadState.Builder threadState = ThreadState.newBuilder();
                thread.capture.read(thread.batch, threadState);
                state.addThreads(threadState);
            }
        }
    }

    private MemoryLayout.Builder memory(final long brk) {
        final int tid = process.mainThread().tid();
        final Stat stat = Stat.read(tid);
        return MemoryLayout.newBuilder()
                .setStartCode(stat.startCode())
                .setEndCode(stat.endCode())
                .setStartData(stat.startData())
                .setEndData(stat.endData())
                .setStartBrk(stat.startBrk())
                .setBrk(brk)
                .setStartStack(stat.startStack())
                .setArgStart(stat.argStart())
                .setArgEnd(stat.argEnd())
                .setEnvStart(stat.envStart())
                .setEnvEnd(stat.envEnd())
                .setAuxv(ByteString.copyFrom(Auxv.read(tid).toByteArray()))
                .setExecutable(FileCalls.readLink("/proc/" + tid + "/exe").orElse(""));
    }
}
