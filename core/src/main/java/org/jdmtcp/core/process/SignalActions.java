package org.jdmtcp.core.process;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.List;
import org.jdmtcp.core.process.message.SignalState;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.SystemCall;

/** What a process does about each signal: {@code struct kernel_sigaction}, as {@code rt_sigaction(2)} gives and takes it. */
final class SignalActions implements StatePart<SignalState.Builder> {
    private static final int SIGNALS = 64;
    private static final int ACTION_SIZE = 32;
    private static final int MASK_SIZE = 8;
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;
    private static final int SIGINFO_SIZE = 128;
    /** Offset of {@code si_code} in {@code siginfo_t}: {@code asm-generic/siginfo.h}. */
    private static final int SI_CODE = 8;

    private static final int SI_TIMER = -2;
    private static final long MICROSECOND_TIMEOUT = 0;

    private final long room;

    SignalActions(final Batch batch) {
        room = batch.room(SIGNALS * ACTION_SIZE);
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if (isChangeable(signal)) {
                batch.must(SystemCall.RT_SIGACTION, signal, 0, address(room, signal), MASK_SIZE);
            }
        }
    }

    @Override
    public void read(final Batch batch, final SignalState.Builder into) {
        into.setActions(ByteString.copyFrom(batch.bytes(room, SIGNALS * ACTION_SIZE)));
    }

    /**
     * The signals that can be queued again. Those of POSIX timers are no entries of their own but belong to their timers,
     * which send them again when they are restored; the kernel does not deliver any more what a deleted timer has left.
     *
     * @param ignored signals that wait for no good reason, bit N-1 for signal N: see {@link
     *     org.jdmtcp.core.freeze.IgnoredSignals}
     */
    static List<ByteString> queueable(final List<byte[]> pending, final long ignored) {
        return pending.stream()
                .map(ByteString::copyFrom)
                .filter(info -> littleEndian(info).getInt(SI_CODE) != SI_TIMER)
                .filter(info -> (ignored >>> littleEndian(info).getInt(0) - 1 & 1) == 0)
                .toList();
    }

    private static ByteBuffer littleEndian(final ByteString bytes) {
        return bytes.asReadOnlyByteBuffer().order(java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    /** Adds the calls that set all actions in the process. */
    static void restore(final Batch batch, final SignalState state) {
        final long actions = batch.put(state.getActions().toByteArray());
        for (int signal = 1; signal <= SIGNALS; signal++) {
            if (isChangeable(signal)) {
                batch.must(SystemCall.RT_SIGACTION, signal, address(actions, signal), 0, MASK_SIZE);
            }
        }
    }

    /** Adds the calls that empty the queues of a reborn process, such as the SIGCHLD of a zombie that was made for it. */
    static void discardPending(final Batch batch, final int atMost) {
        final long all = batch.put(longs(-1L));
        final long now = batch.put(longs(0, MICROSECOND_TIMEOUT));
        for (int i = 0; i < atMost; i++) {
            batch.add(SystemCall.RT_SIGTIMEDWAIT, all, 0, now, MASK_SIZE);
        }
    }

    /** Adds the calls by which the thread queues signals to its process; only it may queue those that the kernel sent. */
    static void queueShared(final Batch batch, final int ownPid, final List<ByteString> pending) {
        for (final ByteString info : pending) {
            batch.must(SystemCall.RT_SIGQUEUEINFO, ownPid, signal(info), batch.put(info.toByteArray()));
        }
    }

    /** Adds the calls by which the thread queues signals to itself. */
    static void queueOwn(final Batch batch, final int ownPid, final int ownTid, final List<ByteString> pending) {
        for (final ByteString info : pending) {
            batch.must(SystemCall.RT_TGSIGQUEUEINFO, ownPid, ownTid, signal(info), batch.put(info.toByteArray()));
        }
    }

    private static int signal(final ByteString info) {
        if (info.size() != SIGINFO_SIZE) {
            throw new IllegalArgumentException("a siginfo_t of " + info.size() + " bytes");
        }
        return littleEndian(info).getInt(0);
    }

    private static boolean isChangeable(final int signal) {
        return signal != SIGKILL && signal != SIGSTOP;
    }

    private static long address(final long base, final int signal) {
        return base + (signal - 1L) * ACTION_SIZE;
    }

    static byte[] longs(final long... values) {
        final ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (final long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }
}
