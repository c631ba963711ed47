package org.jdmtcp.coordinator.state;

import com.google.common.base.Ticker;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * When the next automatic checkpoint is due. The interval counts from one beginning to the next; one that falls due
 * while another is going on is skipped.
 */
public final class Intervals {
    private final Ticker ticker;
    private long seconds;
    private long due;

    public Intervals(Ticker ticker, long seconds) {
        this.ticker = ticker;
        set(seconds);
    }

    /** In seconds; 0 for never. Counts from now. */
    public void set(long newSeconds) {
        if (newSeconds < 0) {
            throw new IllegalArgumentException("an interval of " + newSeconds + " s");
        }
        seconds = newSeconds;
        restart();
    }

    public long seconds() {
        return seconds;
    }

    /** A checkpoint begins, or there is something to checkpoint from now on. */
    public void restart() {
        due = ticker.read() + TimeUnit.SECONDS.toNanos(seconds);
    }

    public boolean isDue() {
        return seconds > 0 && ticker.read() - due >= 0;
    }

    /** Nanoseconds until it is due. */
    public OptionalLong pause() {
        return seconds > 0 ? OptionalLong.of(Math.max(0, due - ticker.read())) : OptionalLong.empty();
    }
}
