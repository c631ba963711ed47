package org.jdmtcp.core.tracee;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one thread that traces: the engine's work runs here, a task at a time, in the order of {@link #submit}. The kernel
 * ties a tracee to the very thread that seized it and lets it go when that thread ends, so this is a platform thread that
 * lives as long as its agent.
 */
public final class PtraceThread implements AutoCloseable {
    private final ExecutorService executor;
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private final Ptrace ptrace = new Ptrace();

    /** Work for the ptrace thread. */
    @FunctionalInterface
    public interface Task<T extends @org.jspecify.annotations.Nullable Object> {
        T run(Ptrace ptrace);
    }

    /** Starts the thread. */
    public PtraceThread() {
        executor = Executors.newSingleThreadExecutor(task -> {
            final Thread made =
                    Thread.ofPlatform().name("jdmtcp-ptrace").daemon(true).unstarted(task);
            thread.set(made);
            return made;
        });
    }

    /** Runs a task after those that were submitted before. Safe on any thread. */
    public <T extends @org.jspecify.annotations.Nullable Object> Future<T> submit(final Task<T> task) {
        final Callable<T> callable = () -> task.run(ptrace);
        return executor.submit(callable);
    }

    /** Runs a task and waits for it; its unchecked exception comes out here. Not to be called on the thread itself. */
    public <T extends @org.jspecify.annotations.Nullable Object> T run(final Task<T> task) {
        if (Thread.currentThread() == thread.get()) {
            throw new IllegalStateException("already on the ptrace thread");
        }
        try {
            return submit(task).get();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException("interrupted while the engine worked", e);
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new CompletionException(e.getCause());
        }
    }

    /** A future that completes when all tasks submitted so far are done. */
    public CompletableFuture<Void> idle() {
        return CompletableFuture.runAsync(() -> {}, executor);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
