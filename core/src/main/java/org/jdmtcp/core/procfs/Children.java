package org.jdmtcp.core.procfs;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * {@code /proc/PID/task/TID/children}: the children that a thread has made or inherited, zombies included. Needs a kernel with
 * CONFIG_PROC_CHILDREN.
 */
public final class Children {
    private Children() {}

    /**
     * Pids of the children of all threads, ascending. A thread that ends meanwhile hands its children to another one, which may
     * have been read already: the answer is complete only when the threads are stopped.
     */
    public static int[] read(int pid) {
        IntStream all = IntStream.empty();
        for (int tid : Tasks.read(pid)) {
            try {
                all = IntStream.concat(all, Arrays.stream(read(pid, tid)));
            } catch (ProcessGoneException e) {
                if (tid == pid) {
                    throw e;
                }
            }
        }
        return all.sorted().distinct().toArray();
    }

    /** Pids of the children of one thread, in the order in which they came. */
    public static int[] read(int pid, int tid) {
        return parse(ProcFile.read(ProcDir.of(pid, tid), "children"));
    }

    public static int[] parse(byte[] text) {
        return parse(new ByteText("children", text));
    }

    static int[] parse(ByteText text) {
        IntStream.Builder found = IntStream.builder();
        while (!text.atEnd()) {
            found.add(text.decInt());
            text.expect(' ');
        }
        return found.build().toArray();
    }
}
