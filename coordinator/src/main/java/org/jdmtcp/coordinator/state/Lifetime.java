package org.jdmtcp.coordinator.state;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** When a coordinator ends by itself. */
public final class Lifetime {
    /**
     * The rules.
     *
     * @param exitOnLast end when the last member has left
     * @param timeout end after this time, whatever goes on
     * @param stale end when there has been no member for this time
     */
    public record Rules(boolean exitOnLast, Optional<Duration> timeout, Optional<Duration> stale) {
        /** Lives for ever. */
        public static final Rules NONE = new Rules(false, Optional.empty(), Optional.empty());
    }

    private final Ticker ticker;
    private final Rules rules;
    private final long born;
    private long emptySince;
    private int members;
    private boolean hadMembers;

    public Lifetime(Ticker ticker, Rules rules) {
        this.ticker = ticker;
        this.rules = rules;
        this.born = ticker.read();
        this.emptySince = born;
    }

    /** So many members are there now. */
    public void members(int count) {
        if (count == 0 && members > 0) {
            emptySince = ticker.read();
        }
        hadMembers |= count > 0;
        members = count;
    }

    /** Why it is time to end. */
    public Optional<String> over() {
        long now = ticker.read();
        if (rules.exitOnLast() && hadMembers && members == 0) {
            return Optional.of("the last member has left");
        }
        if (rules.timeout().isPresent() && now - born >= rules.timeout().get().toNanos()) {
            return Optional.of("its time of " + rules.timeout().get().toSeconds() + " s is over");
        }
        if (rules.stale().isPresent()
                && members == 0
                && now - emptySince >= rules.stale().get().toNanos()) {
            return Optional.of("there was no member for " + rules.stale().get().toSeconds() + " s");
        }
        return Optional.empty();
    }

    /** Nanoseconds until {@link #over} may change by itself. */
    public OptionalLong pause() {
        long now = ticker.read();
        LongStream timeout = rules.timeout().stream().mapToLong(t -> born + t.toNanos() - now);
        LongStream stale = members > 0
                ? LongStream.empty()
                : rules.stale().stream().mapToLong(t -> emptySince + t.toNanos() - now);
        return LongStream.concat(timeout, stale).map(p -> Math.max(0, p)).min();
    }
}
