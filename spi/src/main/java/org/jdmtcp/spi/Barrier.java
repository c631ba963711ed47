package org.jdmtcp.spi;

/**
 * A point that the computation passes together: the action runs, then everybody in the scope is waited for.
 *
 * @param name unique within the plugin; shown in logs as {@code plugin:name}
 * @param phase where in the sequence
 * @param scope who is waited for
 * @param action what this host does before it arrives
 */
public record Barrier(String name, Phase phase, Scope scope, Action action) {
    /** The work of one host at a barrier. */
    @FunctionalInterface
    public interface Action {
        /** Runs on the engine's thread; an exception aborts the checkpoint or the restart with the plugin's name. */
        void run();
    }
}
