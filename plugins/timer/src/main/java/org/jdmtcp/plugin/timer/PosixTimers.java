package org.jdmtcp.plugin.timer;

import com.google.protobuf.Parser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.ProcessResource;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;
import org.jdmtcp.spi.view.ThreadView;

/**
 * The timers of {@code timer_create(2)}, with their ids. SIGEV_THREAD of glibc is SIGEV_THREAD_ID to a helper thread.
 *
 * <p>The kernel does not tell whether a timer was armed for a point in time: it goes on with the time that was left. A periodic
 * timer whose signal is waiting stands still until that is taken; how many expirations it has missed by then is counted from
 * the last one before the checkpoint.
 */
final class PosixTimers implements ProcessStateKind<PosixTimersState> {
    @Override
    public String name() {
        return "posix-timers";
    }

    @Override
    public Parser<PosixTimersState> parser() {
        return PosixTimersState.parser();
    }

    @Override
    public Set<ProcessResource> restores() {
        return Set.of(ProcessResource.POSIX_TIMERS);
    }

    @Override
    public Inquiry<PosixTimersState> inquire(final ProcessView process, final RemoteBatch batch) {
        final List<TimerList.Entry> entries = TimerList.read(process.pid());
        if (entries.isEmpty()) {
            return done -> Optional.empty();
        }
        final Moment moment = new Moment(batch);
        final List<Asked> asked = new ArrayList<>();
        for (final TimerList.Entry entry : entries) {
            final long time = batch.room(ItimerSpec.SIZE);
            batch.must(SystemCall.TIMER_GETTIME, entry.id(), time);
            asked.add(new Asked(entry, time, batch.must(SystemCall.TIMER_GETOVERRUN, entry.id())));
        }
        return done -> {
            final PosixTimersState.Builder state = PosixTimersState.newBuilder();
            asked.forEach(each -> state.addTimers(each.read(process, moment, done)));
            return Optional.of(state.build());
        };
    }

    private record Asked(TimerList.Entry entry, long time, int overrun) {
        PosixTimer read(final ProcessView process, final Moment moment, final RemoteBatch done) {
            final ItimerSpec setting = ItimerSpec.of(done.bytes(time, ItimerSpec.SIZE));
            final boolean expired = moment.mayHaveExpired(done, setting.value());
            boolean pending = Moment.isPendingTimer(process.pendingSignals(), entry.id());
            long remaining = setting.value();
            if (pending && setting.interval() == 0) {
                // Of a timer that runs, an older signal that waits is void: it was armed again since.
                pending = remaining == 0 || expired;
                remaining = pending ? 0 : remaining;
            }
            return PosixTimer.newBuilder()
                    .setId(entry.id())
                    .setClock(entry.clock())
                    .setNotification(entry.notification())
                    .setSignal(entry.signal())
                    .setValue(entry.value())
                    .setTarget(target(process))
                    .setOwner(owner(process, setting))
                    .setRemaining(remaining)
                    .setInterval(setting.interval())
                    .setOverrun((int) done.result(overrun))
                    .setPending(pending)
                    .build();
        }

        private int target(final ProcessView process) {
            if (entry.thread() == 0) {
                return 0;
            }
            return process.threads().stream()
                    .filter(thread -> thread.tid() == entry.thread())
                    .findFirst()
                    .map(ThreadView::ownTid)
                    .orElseThrow(() -> refusal(process, "signals a thread that has ended", "deletes it"));
        }

        private int owner(final ProcessView process, final ItimerSpec setting) {
            final Optional<Integer> named = CpuClock.thread(entry.clock());
            if (named.isEmpty()) {
                return 0;
            }
            final int thread = named.get();
            if (thread != 0) {
                return process.threads().stream().anyMatch(t -> t.ownTid() == thread) ? 0 : deadOwner(process);
            }
            if (setting.value() == 0 && process.threads().size() > 1) {
                throw refusal(
                        process,
                        "measures the processor time of one of several threads, and of which cannot be found while it is not"
                                + " armed",
                        "arms or deletes it, or have it use pthread_getcpuclockid");
            }
            return CpuClock.owner(process, entry.id()).orElseGet(() -> deadOwner(process));
        }

        private int deadOwner(final ProcessView process) {
            throw refusal(process, "measures the processor time of a thread that has ended", "deletes it");
        }

        private Refusal refusal(final ProcessView process, final String what, final String remedy) {
            return new Refusal(
                    "the POSIX timer " + entry.id() + " of " + process.command() + " (pid " + process.ownPid() + ") "
                            + what + ": it cannot be restored; checkpoint when the program " + remedy);
        }
    }

    @Override
    public void restore(final PosixTimersState state, final ProcessView process, final RestoreContext context) {
        new PosixTimerRestore(process).restore(state.getTimersList());
    }
}
