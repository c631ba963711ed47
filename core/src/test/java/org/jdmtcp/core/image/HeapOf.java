package org.jdmtcp.core.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of a sleeping program that a test may scribble on. */
final class HeapOf {
    private HeapOf() {}

    /** The address of the heap, once the program has one and sleeps. */
    static long process(final int pid) throws IOException {
        final long deadline = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() < deadline) {
            final boolean asleep =
                    Files.readString(Path.of("/proc/" + pid + "/wchan")).contains("nanosleep");
            final var heap = Files.readAllLines(Path.of("/proc/" + pid + "/maps")).stream()
                    .filter(line -> line.endsWith("[heap]"))
                    .findFirst();
            if (asleep && heap.isPresent()) {
                return Long.parseLong(heap.get().substring(0, heap.get().indexOf('-')), 16);
            }
            Thread.onSpinWait();
        }
        throw new IllegalStateException("process " + pid + " has no heap");
    }
}
