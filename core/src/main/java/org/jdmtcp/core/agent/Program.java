package org.jdmtcp.core.agent;

import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.Spawn;

/**
 * A program to be started, found and executed as {@code execvp(3)} does.
 *
 * @param arguments from {@code argv[0]} on, which is also what is searched for on the PATH; byte strings, not empty
 * @param inheritance what it finds
 */
public record Program(List<String> arguments, Inheritance inheritance) {
    private static final String PATH = "PATH=";
    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    /** Signals that a JVM cannot ignore without harm, and SIGCHLD, without which the kernel keeps no exit status for us. */
    private static final long NEVER_IGNORED_HERE = Signal.bit(Signal.SIGILL)
            | Signal.bit(Signal.SIGTRAP)
            | Signal.bit(Signal.SIGBUS)
            | Signal.bit(Signal.SIGFPE)
            | Signal.bit(Signal.SIGSEGV)
            | Signal.bit(Signal.SIGCHLD)
            | Signal.bit(Signal.SUSPEND);

    public Program {
        arguments = List.copyOf(arguments);
    }

    /** The name without directories. */
    public String name() {
        final String file = arguments.getFirst();
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /**
     * Starts it as a child of this process.
     *
     * @return its pid
     * @throws ProgramException where it does not exist or cannot be executed
     */
    int start() {
        SignalDispositions.ignore(inheritance.ignored() & ~NEVER_IGNORED_HERE);
        final long rest = inheritance.ignored() & NEVER_IGNORED_HERE;
        int errno = Errno.ENOENT;
        for (final String candidate : candidates()) {
            try {
                // A folder of the PATH that this user may not enter is passed over, as execvp does.
                if (FileCalls.status(candidate).isEmpty()) {
                    continue;
                }
                return rest == 0 ? execute(candidate) : executeIgnoring(rest, candidate);
            } catch (final LinuxException e) {
                errno = errno == Errno.EACCES && isNothingThere(e.errno()) ? errno : e.errno();
                if (e.errno() != Errno.EACCES && !isNothingThere(e.errno())) {
                    break;
                }
            }
        }
        final String name = arguments.getFirst();
        throw new ProgramException(
                name + ": " + (errno == Errno.ENOENT ? "not found" : Errno.message(errno)), !isNothingThere(errno));
    }

    private static boolean isNothingThere(final int errno) {
        return errno == Errno.ENOENT || errno == Errno.ENOTDIR;
    }

    private int execute(final String file) {
        try {
            return spawn(file, arguments);
        } catch (final LinuxException e) {
            if (e.errno() != Errno.ENOEXEC) {
                throw e;
            }
            // A script without "#!", which execvp gives to the shell.
            return spawn("/bin/sh", scriptArguments(file));
        }
    }

    private List<String> scriptArguments(final String file) {
        final List<String> all = new ArrayList<>(List.of("/bin/sh", file));
        all.addAll(arguments.subList(1, arguments.size()));
        return all;
    }

    /** By way of env(1), which becomes the program: it ignores what this process must not, not even for a moment. */
    private int executeIgnoring(final long signals, final String file) {
        final List<String> all = new ArrayList<>(List.of("env"));
        Signal.numbers(signals).forEach(signal -> all.add("--ignore-signal=" + signal));
        all.add("--");
        all.add(file);
        all.addAll(arguments.subList(1, arguments.size()));
        return spawn("/usr/bin/env", all);
    }

    private int spawn(final String file, final List<String> all) {
        return Spawn.start(file, all, inheritance.environment(), inheritance.blocked(), inheritance.ignored());
    }

    List<String> candidates() {
        final String file = arguments.getFirst();
        if (file.indexOf('/') >= 0) {
            return List.of(file);
        }
        if (file.isEmpty()) {
            return List.of();
        }
        final String path = inheritance.environment().stream()
                .filter(entry -> entry.startsWith(PATH))
                .map(entry -> entry.substring(PATH.length()))
                .findFirst()
                .orElse(DEFAULT_PATH);
        final List<String> all = new ArrayList<>();
        for (final String directory : path.split(":", -1)) {
            all.add(directory.isEmpty() ? file : directory + "/" + file);
        }
        return all;
    }
}
