package org.jdmtcp.coordinator.agent;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two threads on which a listener is called; each is started when first needed and neither keeps the JVM alive. */
final class AgentEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentEvents.class);

    private final ExecutorService events = thread("jdmtcp-coordinator-events");
    private final ExecutorService lists = thread("jdmtcp-coordinator-list");

    private static ExecutorService thread(String name) {
        return new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                body -> Thread.ofPlatform().name(name).daemon().unstarted(body));
    }

    /** Calls in order; {@code failed} hears of what the call throws. */
    void post(Runnable call, Consumer<RuntimeException> failed) {
        submit(events, call, failed);
    }

    void postList(Runnable call) {
        submit(lists, call, e -> {});
    }

    private static void submit(ExecutorService thread, Runnable call, Consumer<RuntimeException> failed) {
        try {
            thread.execute(() -> {
                try {
                    call.run();
                } catch (RuntimeException e) {
                    LOG.error("the agent could not do what the coordinator asked for", e);
                    failed.accept(e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("an order came after the agent had left", e);
        }
    }

    /** Lets what was posted end. Idempotent. */
    @Override
    public void close() {
        events.shutdown();
        lists.shutdown();
    }
}
