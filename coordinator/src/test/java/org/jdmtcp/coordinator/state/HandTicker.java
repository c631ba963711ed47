package org.jdmtcp.coordinator.state;

import com.google.common.base.Ticker;
import java.time.Duration;

/** A clock that is moved by hand. */
final class HandTicker extends Ticker {
    private long now = 1_000;

    void advance(Duration by) {
        now += by.toNanos();
    }

    @Override
    public long read() {
        return now;
    }
}
