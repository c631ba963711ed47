package org.jdmtcp.coordinator.state;

import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Waits until each of some agents has done something (answered, left), or until a time is over, and then tells once who has not.
 */
final class Roll {
    private final Set<String> missing;
    private final Ticker ticker;
    private final long end;
    private final Consumer<Set<String>> done;
    private boolean told;

    Roll(Collection<String> agents, Duration bound, Ticker ticker, Consumer<Set<String>> done) {
        this.missing = new LinkedHashSet<>(agents);
        this.ticker = ticker;
        this.end = ticker.read() + bound.toNanos();
        this.done = done;
    }

    void check(String agent) {
        missing.remove(agent);
    }

    /** Tells if it is time to; returns whether this roll is over. */
    boolean settle() {
        if (!told && (missing.isEmpty() || ticker.read() - end >= 0)) {
            told = true;
            done.accept(Set.copyOf(missing));
        }
        return told;
    }

    OptionalLong pause() {
        return told ? OptionalLong.empty() : OptionalLong.of(Math.max(0, end - ticker.read()));
    }
}
