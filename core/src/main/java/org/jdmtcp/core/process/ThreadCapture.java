package org.jdmtcp.core.process;

import com.google.protobuf.ByteString;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jdmtcp.core.process.message.Scheduling;
import org.jdmtcp.core.process.message.ThreadState;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Tracee;
import org.jdmtcp.core.x86_64.Registers;
import org.jdmtcp.core.x86_64.SystemCallRestart;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.SystemCall;

/** Everything that belongs to a single thread. */
final class ThreadCapture implements StatePart<ThreadState.Builder> {
    static final int SCHED_ATTR_SIZE = 56;
    private static final int STACK_SIZE = 24;
    private static final int AFFINITY_SIZE = 1024;
    private static final int PR_GET_PDEATHSIG = 2;
    private static final int PR_GET_TID_ADDRESS = 40;
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int IOPRIO_WHO_PROCESS = 1;

    private final Tracee thread;
    private final Status status;
    private final byte[] extendedState;
    private final long stack;
    private final long tidAddress;
    private final long deathSignal;
    private final int tidAddressCall;
    private final int securebits;
    private final int timerSlack;
    private final MemoryPolicies.OfThread memoryPolicy;

    /** @param status of the thread */
    ThreadCapture(final Tracee thread, final Status status, final Batch batch) {
        this.thread = thread;
        this.status = status;
        extendedState = thread.extendedState();
        batch.failSafe(extendedState);
        stack = batch.room(STACK_SIZE);
        batch.must(SystemCall.SIGALTSTACK, 0, stack);
        tidAddress = batch.room(8);
        tidAddressCall = batch.add(SystemCall.PRCTL, PR_GET_TID_ADDRESS, tidAddress);
        deathSignal = batch.room(4);
        batch.must(SystemCall.PRCTL, PR_GET_PDEATHSIG, deathSignal);
        securebits = batch.must(SystemCall.PRCTL, PR_GET_SECUREBITS);
        timerSlack = batch.must(SystemCall.PRCTL, PR_GET_TIMERSLACK);
        memoryPolicy = new MemoryPolicies.OfThread(batch);
    }

    @Override
    public void read(final Batch batch, final ThreadState.Builder into) {
        if (Errno.isError(batch.result(tidAddressCall))) {
            throw new LinuxException("prctl(PR_GET_TID_ADDRESS): the kernel lacks CONFIG_CHECKPOINT_RESTORE", (int)
                    -batch.result(tidAddressCall));
        }
        into.setTid(thread.ownTid())
                .setRegisters(ByteString.copyFrom(
                        registersAnew(batch.buffer(stack, STACK_SIZE)).toBytes()))
                .setExtended(ByteString.copyFrom(extendedState))
                .setSignalMask(thread.signalMask())
                .setAlternateStack(ByteString.copyFrom(batch.bytes(stack, STACK_SIZE)))
                .setName(ByteString.copyFrom(status.name().getBytes(StandardCharsets.ISO_8859_1)))
                .setClearChildTid(batch.buffer(tidAddress, 8).getLong())
                .setParentDeathSignal(batch.buffer(deathSignal, 4).getInt())
                .setScheduling(scheduling(batch.result(timerSlack)))
                .setCredentials(CredentialState.capture(status, (int) batch.result(securebits)));
        SeccompState.capture(thread, status, into);
        memoryPolicy.read(batch, into);
        robustList(into);
        thread.rseq()
                .ifPresent(rseq ->
                        into.setRseq(rseq.pointer()).setRseqSize(rseq.size()).setRseqSignature(rseq.signature()));
    }

    private Registers registersAnew(final ByteBuffer alternateStack) {
        final Registers again = SystemCallRestart.anew(thread.registers());
        if (thread.waiting().isEmpty()) {
            return again;
        }
        final Tracee.Wait wait = thread.waiting().get();
        final Registers shortened = RemainingTime.apply(thread, wait, again, alternateStack);
        if (!wait.limit().kernelKeeps()) {
            thread.setRegisters(shortened);
        }
        return shortened;
    }

    private void robustList(final ThreadState.Builder into) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment two = arena.allocate(16, 8);
            Linux.call(SystemCall.GET_ROBUST_LIST, thread.tid(), two.address(), two.address() + 8);
            into.setRobustList(two.get(ValueLayout.JAVA_LONG, 0)).setRobustListSize(two.get(ValueLayout.JAVA_LONG, 8));
        }
    }

    private Scheduling scheduling(final long slack) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment attributes = arena.allocate(SCHED_ATTR_SIZE, 8);
            Linux.call(SystemCall.SCHED_GETATTR, thread.tid(), attributes.address(), SCHED_ATTR_SIZE, 0, 0, 0);
            final MemorySegment affinity = arena.allocate(AFFINITY_SIZE, 8);
            final long size = Linux.call(SystemCall.SCHED_GETAFFINITY, thread.tid(), AFFINITY_SIZE, affinity.address());
            return Scheduling.newBuilder()
                    .setAttributes(ByteString.copyFrom(attributes.toArray(ValueLayout.JAVA_BYTE)))
                    .setAffinity(ByteString.copyFrom(affinity.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE)))
                    .setIoPriority((int) Linux.call(SystemCall.IOPRIO_GET, IOPRIO_WHO_PROCESS, thread.tid()))
                    .setTimerSlack(slack)
                    .build();
        }
    }
}
