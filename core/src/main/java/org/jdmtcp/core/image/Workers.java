package org.jdmtcp.core.image;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does numbered pieces of work on a few threads, of which the caller's is one: work of a single piece costs no thread.
 * Guarantees: every piece is begun at most once; after a failure none is begun; {@link #run} returns when nothing is
 * under way any more, and throws the first failure.
 */
final class Workers {
    /** Work and its buffers, for one thread: made, used and closed there. */
    interface Worker extends AutoCloseable {
        void process(int piece);

        @Override
        void close();
    }

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final int pieces;
    private final Supplier<? extends Worker> makeWorker;

    private Workers(final int pieces, final Supplier<? extends Worker> makeWorker) {
        this.pieces = pieces;
        this.makeWorker = makeWorker;
    }

    /** Processes all pieces from 0 on, with at most as many threads as there are processors. */
    static void run(final int pieces, final Supplier<? extends Worker> makeWorker) {
        if (pieces == 0) {
            return;
        }
        final Workers workers = new Workers(pieces, makeWorker);
        final int helpers = Math.min(pieces, Runtime.getRuntime().availableProcessors()) - 1;
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < helpers; i++) {
            final Thread thread =
                    Thread.ofPlatform().daemon().name("image-worker-" + i).unstarted(workers::work);
            if (starts(thread)) {
                threads.add(thread);
            }
        }
        workers.work();
        threads.forEach(Workers::join);
        workers.rethrow();
    }

    /** Where the user may have no more threads, fewer do the same work. */
    private static boolean starts(final Thread thread) {
        try {
            thread.start();
            return true;
        } catch (final OutOfMemoryError e) {
            return false;
        }
    }

    private void work() {
        try (Worker worker = makeWorker.get()) {
            for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
                worker.process(piece);
            }
        } catch (final RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            next.set(pieces);
        }
    }

    private void rethrow() {
        switch (failure.get()) {
            case null -> {}
            case final RuntimeException e -> throw e;
            case final Error e -> throw e;
            case final Throwable e -> throw new IllegalStateException(e);
        }
    }

    /** The buffers of the pieces belong to the threads, so an interrupt must not end the wait; it is kept for later. */
    private static void join(final Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
