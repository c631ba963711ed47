package org.example.trouble;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jdmtcp.spi.Barrier;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Phase;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.PluginOption;
import org.jdmtcp.spi.PluginOptions;
import org.jdmtcp.spi.Scope;
import org.jdmtcp.spi.linux.SystemCall;

/** Misbehaves once, at a place of choice: throws, waits for ever, computes for ever, or reaches for what it must not see. */
public final class Trouble implements Plugin {
    private String place = "";
    private String how = "";
    private boolean done;
    private volatile long sum;

    @Override
    public String id() {
        return "trouble";
    }

    @Override
    public List<PluginOption> options() {
        return List.of(
                new PluginOption("at", "an event, a phase, or configure"),
                new PluginOption("how", "throw, wait, compute or reach"));
    }

    @Override
    public void configure(final PluginOptions options) {
        place = options.text("at").orElse("");
        how = options.text("how").orElse("");
        at("configure");
    }

    @Override
    public void on(final Event event) {
        if (event instanceof Event.Suspended stopped) {
            // What the engine gave works from the plugin's own thread.
            final var batch = stopped.processes().getFirst().batch();
            final int call = batch.must(SystemCall.GETPID);
            if (batch.run().result(call) != stopped.processes().getFirst().ownPid()) {
                throw new IllegalStateException("a batch told another pid");
            }
        }
        at(event.getClass().getSimpleName());
    }

    @Override
    public List<Barrier> barriers() {
        return List.of(Phase.DRAIN, Phase.CAPTURE, Phase.REFILL).stream()
                .map(phase -> new Barrier("trouble", phase, Scope.HOST, () -> at(phase.name())))
                .toList();
    }

    private void at(final String where) {
        if (done || !where.equals(place)) {
            return;
        }
        done = true;
        switch (how) {
            case "throw" -> throw new IllegalStateException("trouble as ordered");
            case "wait" -> await();
            case "compute" -> {
                while (true) {
                    sum++;
                }
            }
            case "reach" -> reach();
            default -> throw new IllegalArgumentException(how);
        }
    }

    private static void await() {
        try {
            new CountDownLatch(1).await();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void reach() {
        System.out.println(org.jdmtcp.core.procfs.BootId.read());
    }
}
