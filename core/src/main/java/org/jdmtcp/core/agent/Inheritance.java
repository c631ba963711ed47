package org.jdmtcp.core.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jdmtcp.core.procfs.Status;
import org.jdmtcp.spi.linux.ProcessCalls;

/**
 * What the caller gave to the command and the program is to find as if it had been started directly. The launcher script
 * carries it past the JVM: see {@code bin/.jdmtcp-run}.
 *
 * @param environment {@code NAME=value} byte strings, in order
 * @param blocked signals blocked, bit N-1 for signal N
 * @param ignored signals ignored, likewise
 */
public record Inheritance(List<String> environment, long blocked, long ignored) {
    private static final String HIDDEN = "-Djdmtcp.env.";
    private static final String SUSPEND_SIGNAL = "_JAVA_SR_SIGNUM=";

    /** Signals whose disposition the JVM or its C library changes; for all others its own is what the caller gave. */
    private static final long TAKEN_BY_THE_JVM = Signal.bit(Signal.SIGILL)
            | Signal.bit(Signal.SIGTRAP)
            | Signal.bit(Signal.SIGBUS)
            | Signal.bit(Signal.SIGFPE)
            | Signal.bit(Signal.SIGSEGV)
            | Signal.bit(Signal.SIGPIPE)
            | Signal.bit(Signal.SIGXFSZ)
            | Signal.bit(Signal.CANCEL)
            | Signal.bit(Signal.SET_ID)
            | Signal.bit(Signal.SUSPEND);

    public Inheritance {
        environment = List.copyOf(environment);
    }

    /** That of this process; to be asked for before there is an {@link Agent}, which changes it. */
    public static Inheritance own() {
        return new Inheritance(
                environment(strings("/proc/self/environ"), strings("/proc/self/cmdline")),
                Long.parseUnsignedLong(System.getProperty("jdmtcp.sigblk", "0"), 16),
                Long.parseUnsignedLong(System.getProperty("jdmtcp.sigign", "0"), 16) & TAKEN_BY_THE_JVM
                        | Status.read(ProcessCalls.self()).ignored() & ~TAKEN_BY_THE_JVM);
    }

    /**
     * The last {@code count} arguments of this process as bytes: those that {@code main} gets are decoded, and not every
     * byte string survives that.
     */
    public static List<String> lastArguments(final int count) {
        final List<String> all = strings("/proc/self/cmdline");
        return List.copyOf(all.subList(all.size() - count, all.size()));
    }

    static List<String> environment(final List<String> jvm, final List<String> commandLine) {
        final List<String> environment = new ArrayList<>(jvm);
        environment.removeIf(entry -> entry.startsWith(SUSPEND_SIGNAL));
        for (final String argument : commandLine.subList(Math.min(1, commandLine.size()), commandLine.size())) {
            if (!argument.startsWith("-")) {
                break;
            }
            if (argument.startsWith(HIDDEN)) {
                environment.add(argument.substring(HIDDEN.length()));
            }
        }
        return environment;
    }

    private static List<String> strings(final String path) {
        try {
            final String text = Files.readString(Path.of(path), StandardCharsets.ISO_8859_1);
            final List<String> strings = new ArrayList<>(Arrays.asList(text.split("\0", -1)));
            strings.removeLast();
            return strings;
        } catch (final IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
