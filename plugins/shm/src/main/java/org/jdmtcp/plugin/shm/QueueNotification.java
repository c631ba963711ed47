package org.jdmtcp.plugin.shm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.DescriptorView;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/**
 * That a process is told when a message comes into an empty queue ({@code mq_notify(3)}). The kernel tells who and by which
 * signal, but not with which value; so the notification is made to happen, while all stand still:
 *
 * <ol>
 *   <li>The queue is empty, for its messages were taken. The agent sends one and takes it back: the signal waits for the
 *       process, and the notification is used up.
 *   <li>The messages go back. Only now, lest the first of them use it up again, the process takes the signal, which holds the
 *       value, and asks for the notification anew.
 * </ol>
 */
final class QueueNotification {
    private static final Pattern STATUS = Pattern.compile("NOTIFY:(\\d+)\\s+SIGNO:(\\d+)\\s+NOTIFY_PID:(\\d+)");
    private static final int SIGEV_SIGNAL = 0;
    private static final int SIGEV_NONE = 1;
    /** siginfo_t of asm-generic/siginfo.h: si_signo at 0, si_value at 24. */
    private static final int SIGINFO_SIZE = 128;

    private static final int SI_VALUE = 24;
    /** sigevent of asm-generic/siginfo.h: sigev_value at 0, sigev_signo at 8, sigev_notify at 12. */
    private static final int SIGEVENT_SIZE = 64;

    private final DescriptorView.Holder holder;
    private final int method;
    private final int signal;

    private QueueNotification(final DescriptorView.Holder holder, final int method, final int signal) {
        this.holder = holder;
        this.method = method;
        this.signal = signal;
    }

    /** The notification that is asked for. @throws Refusal where it cannot be restored */
    static Optional<QueueNotification> of(
            final Fd queue, final DescriptorView any, final List<DescriptorView.Holder> holders) {
        final Matcher status = STATUS.matcher(QueueCalls.status(queue));
        if (!status.find() || status.group(3).equals("0")) {
            return Optional.empty();
        }
        final int pid = Integer.parseInt(status.group(3));
        final QueueNotification found = new QueueNotification(
                holders.stream()
                        .filter(h -> h.process().pid() == pid)
                        .findFirst()
                        .orElseThrow(() -> new Refusal(any.describe() + ": a program outside of the computation (pid "
                                + pid + ") waits for a notification by this queue, and would be woken; end it")),
                Integer.parseInt(status.group(1)),
                Integer.parseInt(status.group(2)));
        found.check(any);
        return Optional.of(found);
    }

    private void check(final DescriptorView any) {
        if (method != SIGEV_SIGNAL && method != SIGEV_NONE) {
            throw new Refusal(any.describe() + ": a thread is to be started when a message comes (SIGEV_THREAD), which"
                    + " cannot be restored; have the program use a signal (SIGEV_SIGNAL)");
        }
        final boolean waits = holder.process().pendingSignals().stream()
                .anyMatch(info ->
                        ByteBuffer.wrap(info).order(ByteOrder.LITTLE_ENDIAN).getInt() == signal);
        if (method == SIGEV_SIGNAL && waits) {
            throw new Refusal(any.describe() + ": the signal " + signal + " that is to tell of a message waits for "
                    + holder.process().command() + " (pid " + holder.process().ownPid()
                    + ") already, from elsewhere; checkpoint when that has been handled");
        }
    }

    /** Makes it happen. The queue is empty before and after. */
    void use(final Fd queue) {
        QueueCalls.sendAll(queue, List.of(PosixQueuesState.Message.getDefaultInstance()));
        QueueCalls.takeAll(queue, 1 << 16);
    }

    /** Asks for it anew when the messages are back. @return what is to be restored */
    PosixQueuesState.Notification renew() {
        long value = 0;
        if (method == SIGEV_SIGNAL) {
            final RemoteBatch take = holder.process().batch();
            final long info = take.room(SIGINFO_SIZE);
            final long set = take.put(bytes(8).putLong(0, 1L << signal - 1).array());
            take.must(SystemCall.RT_SIGTIMEDWAIT, set, info, take.room(16), 8);
            value = ByteBuffer.wrap(take.run().bytes(info, SIGINFO_SIZE))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong(SI_VALUE);
        }
        final PosixQueuesState.Notification state = PosixQueuesState.Notification.newBuilder()
                .setPid(holder.process().ownPid())
                .setNumber(holder.number())
                .setMethod(method)
                .setSignal(signal)
                .setValue(value)
                .build();
        ask(state, holder.process());
        return state;
    }

    /** Has a process ask for its notification. */
    static void ask(final PosixQueuesState.Notification state, final ProcessView process) {
        final RemoteBatch batch = process.batch();
        final ByteBuffer event = bytes(SIGEVENT_SIZE);
        event.putLong(state.getValue()).putInt(state.getSignal()).putInt(state.getMethod());
        batch.must(SystemCall.MQ_NOTIFY, state.getNumber(), batch.put(event.array()));
        batch.run();
    }

    private static ByteBuffer bytes(final int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
