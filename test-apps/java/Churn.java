import java.io.FileWriter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Threads, much garbage, a live set with a checksum, timed waits and commands. java Churn.java LOG; runs on Java 17 and later. */
public class Churn {
    private static FileWriter log;

    private static void check(boolean good, String what) throws Exception {
        if (good) return;
        say("FAIL Churn: " + what);
        Runtime.getRuntime().halt(99);
    }

    private static synchronized void say(String line) throws Exception {
        log.write(line + "\n");
        log.flush();
    }

    /** Keeps a window of arrays, drops the oldest, and finds each as it was made. */
    private static void churn(int seed, AtomicLong turns) throws Exception {
        ArrayDeque<long[]> window = new ArrayDeque<>();
        Random random = new Random(seed);
        for (long n = 0; ; n++) {
            long[] made = new long[1 + random.nextInt(4000)];
            for (int i = 0; i < made.length; i++) made[i] = n * 31 + i;
            window.addLast(made);
            if (window.size() > 400) {
                long[] old = window.removeFirst();
                long first = (n - 400) * 31;
                for (int i = 0; i < old.length; i++) check(old[i] == first + i, "an array of thread " + seed);
            }
            turns.incrementAndGet();
            if (n % 200 == 0) Thread.sleep(5);
        }
    }

    private static void start(String name, java.util.concurrent.Callable<Void> body) {
        Thread thread = new Thread(() -> {
            try {
                body.call();
            } catch (Throwable e) {
                try {
                    check(false, name + ": " + e);
                } catch (Exception f) {
                    Runtime.getRuntime().halt(98);
                }
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    public static void main(String[] arguments) throws Exception {
        log = new FileWriter(arguments[0], true);
        AtomicLong turns = new AtomicLong();
        for (int i = 0; i < 3; i++) {
            int seed = i;
            start("churn " + i, () -> { churn(seed, turns); return null; });
        }
        BlockingQueue<Integer> questions = new ArrayBlockingQueue<>(4), answers = new ArrayBlockingQueue<>(4);
        start("answers", () -> { while (true) answers.put(questions.take() * 2); });
        Map<String, Integer> live = new HashMap<>();
        for (int i = 0; i < 100_000; i++) live.put("key " + i, i);
        int idle = 0;
        for (int beat = 1; beat < 12_000; beat++) {
            long before = turns.get(), start = System.nanoTime();
            questions.put(beat);
            Integer answer = answers.poll(60, TimeUnit.SECONDS);
            check(answer != null && answer == beat * 2, "answer");
            Thread.sleep(50);
            check(System.nanoTime() - start >= 49_000_000L, "a sleep ended early");
            // A sleep that ended while the program was dead leaves the others no time.
            idle = turns.get() > before ? 0 : idle + 1;
            check(idle < 20, "the churning threads stand still");
            if (beat % 10 == 0) {
                long sum = 0;
                for (int value : live.values()) sum += value;
                check(sum == 99_999L * 100_000 / 2, "live set");
                Process process = new ProcessBuilder("/bin/sh", "-c", "exit 5").start();
                check(process.waitFor() == 5, "status of a command");
                System.gc();
            }
            say(beat + " ok");
        }
    }
}
