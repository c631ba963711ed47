package org.jdmtcp.core.plugin;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.spi.Barrier;
import org.jdmtcp.spi.Phase;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Scope;

/** Takes this host through the plugins' barriers, in the plugins' order on the way down and in reverse on the way up. */
public final class BarrierRunner {
    private final List<Named> barriers = new ArrayList<>();
    private final Set<Named> refilled = new HashSet<>();
    private final Timeline timeline;
    private final Consumer<String> everybody;

    private void pass(final Named named) {
        final String plugin = named.plugin.id();
        final String barrier = plugin + ":" + named.barrier.name();
        timeline.at(barrier);
        final long begin = System.nanoTime();
        named.barrier.action().run();
        timeline.step(plugin, "barrier " + named.barrier.name(), 0, begin);
        if (named.barrier.scope() == Scope.COMPUTATION) {
            final long arrived = System.nanoTime();
            everybody.accept(barrier);
            timeline.step(plugin, "all agents at barrier " + named.barrier.name(), 0, arrived);
        }
    }

    private record Named(Plugin plugin, Barrier barrier) {}

    /** @param everybody waits at the barrier of that name until the whole computation has arrived */
    public BarrierRunner(final PluginRegistry plugins, final Timeline timeline, final Consumer<String> everybody) {
        this.timeline = timeline;
        this.everybody = everybody;
        for (final Plugin plugin : plugins.plugins()) {
            plugin.barriers().forEach(barrier -> barriers.add(new Named(plugin, barrier)));
        }
    }

    /**
     * Runs the actions of {@link Phase#REFILL} that have not run: the checkpoint was given up. Nobody is waited for.
     *
     * @param failed hears of each exception
     */
    public void settle(final Consumer<RuntimeException> failed) {
        for (final Named named : barriers.reversed()) {
            if (named.barrier.phase() == Phase.REFILL && refilled.add(named)) {
                try {
                    named.barrier.action().run();
                } catch (final RuntimeException e) {
                    failed.accept(e);
                }
            }
        }
    }

    /** Passes all barriers of a phase. An exception of an action reaches the caller. */
    public void pass(final Phase phase) {
        for (final Named named : phase.isWayUp() ? barriers.reversed() : barriers) {
            if (named.barrier.phase() == phase) {
                refilled.add(named);
                pass(named);
            }
        }
    }
}
