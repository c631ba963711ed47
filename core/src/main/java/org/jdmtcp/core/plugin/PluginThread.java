package org.jdmtcp.core.plugin;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread on which a user's plugin runs while the engine waits for it. What the plugin asks the engine for is done by the
 * thread that waits, since the kernel takes ptrace requests from that one alone.
 *
 * <p>INVARIANT: a call comes back within its limit, the time aside that the engine itself needs for what it is asked. A thread that
 * does not come back is interrupted and left to itself: whatever it asks for from then on fails, and the next call gets another one.
 */
final class PluginThread {
    private final String plugin;
    private final Duration limit;
    private @Nullable Worker worker;

    /** What the plugin's thread has to say to who waits for it. */
    private sealed interface Message {
        record Request(Callable<?> body, CompletableFuture<@Nullable Object> answer) implements Message {
            void serve() {
                try {
                    answer.complete(body.call());
                } catch (final Throwable e) {
                    answer.completeExceptionally(e);
                }
            }
        }

        record Done(@Nullable Object result) implements Message {}

        record Failed(Throwable cause) implements Message {}
    }

    /** @param limit for each call */
    PluginThread(final String plugin, final Duration limit) {
        this.plugin = plugin;
        this.limit = limit;
    }

    /**
     * Runs the body on the plugin's thread. To be called by one thread at a time.
     *
     * @param what is called, for messages
     * @throws PluginException where it does not come back in time
     * @throws Throwable what it throws
     */
    @Nullable Object call(final String what, final Callable<?> body) throws Throwable {
        final Worker current = worker == null ? new Worker(plugin) : worker;
        worker = current;
        current.work.add(body);
        long left = limit.toNanos();
        while (true) {
            final long before = System.nanoTime();
            final Message message = next(current, left);
            left -= System.nanoTime() - before;
            switch (message) {
                case null -> throw late(current, what);
                case Message.Request request -> request.serve();
                case Message.Done done -> {
                    return done.result;
                }
                case Message.Failed failed -> throw failed.cause;
            }
        }
    }

    private @Nullable Message next(final Worker current, final long nanos) {
        try {
            return current.messages.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PluginException("interrupted while the plugin \"" + plugin + "\" was at work");
        }
    }

    private PluginException late(final Worker current, final String what) {
        worker = null;
        current.abandon();
        return new PluginException("the plugin \"" + plugin + "\" did not come back from " + what + " within "
                + limit.toSeconds() + " s: --plugin-timeout gives it more time");
    }

    /** Has the waiting thread run the body. On the plugin's thread. */
    @Nullable Object ask(final Callable<?> body) throws Throwable {
        if (!(Thread.currentThread() instanceof Worker current) || current.owner(plugin).isAbandoned) {
            throw new IllegalStateException(
                    "the plugin \"" + plugin + "\" uses what the engine gave it after its time, or on"
                            + " another thread than the one that it was called on");
        }
        return current.ask(body);
    }

    private static final class Worker extends Thread {
        final BlockingQueue<Callable<?>> work = new LinkedBlockingQueue<>();
        final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
        private final String plugin;
        volatile boolean isAbandoned;

        Worker(final String plugin) {
            super("jdmtcp-plugin-" + plugin);
            this.plugin = plugin;
            setDaemon(true);
            start();
        }

        Worker owner(final String asking) {
            if (!plugin.equals(asking)) {
                throw new IllegalStateException(
                        "the plugin \"" + plugin + "\" uses what was given to \"" + asking + "\"");
            }
            return this;
        }

        @Override
        public void run() {
            while (!isAbandoned) {
                try {
                    final Callable<?> body = work.take();
                    messages.add(new Message.Done(body.call()));
                } catch (final Throwable e) {
                    messages.add(new Message.Failed(e));
                }
            }
        }

        @Nullable Object ask(final Callable<?> body) throws Throwable {
            final CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
            messages.add(new Message.Request(body, answer));
            if (isAbandoned) {
                refuse();
            }
            try {
                return answer.get();
            } catch (final ExecutionException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        void abandon() {
            isAbandoned = true;
            interrupt();
            refuse();
        }

        private void refuse() {
            for (Message next = messages.poll(); next != null; next = messages.poll()) {
                if (next instanceof Message.Request request) {
                    request.answer.completeExceptionally(
                            new IllegalStateException("the plugin \"" + plugin + "\" was given up"));
                }
            }
        }
    }
}
