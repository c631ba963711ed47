package org.jdmtcp.tools.it;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for something that can be observed, by looking again every few milliseconds. */
final class Await {
    static final Duration LONG = Duration.ofSeconds(Long.getLong("jdmtcp.timeout", 60));
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private Await() {}

    /** A condition that may give up early by throwing. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /** Returns once the condition holds; an {@link AssertionError} with {@code what} and the details after {@code timeout}. */
    static void until(String what, Duration timeout, Supplier<String> details, Condition condition) {
        long end = System.nanoTime() + timeout.toNanos();
        try {
            while (!condition.holds()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError(
                            "after " + timeout.toSeconds() + " s still not: " + what + "\n" + details.get());
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("while waiting for: " + what, e);
        }
    }

    static void until(String what, Condition condition) {
        until(what, LONG, () -> "", condition);
    }
}
