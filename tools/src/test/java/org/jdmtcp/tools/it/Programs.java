package org.jdmtcp.tools.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The catalogue of self-checking programs; test-apps/README.md says what each proves. */
final class Programs {
    private static final List<String> C = List.of(
            "counter",
            "ids",
            "fpu",
            "tls",
            "threads64",
            "mutexes",
            "sleepers",
            "awaiters",
            "signals",
            "memory",
            "filemaps",
            "stack",
            "cow",
            "zombies",
            "deadmain",
            "forkstorm",
            "spawns",
            "stopped",
            "hundred",
            "files",
            "pipes",
            "pipeline",
            "events",
            "devices",
            "intervals",
            "posixtimers",
            "timerfds",
            "files_many",
            "clock",
            "sharedanon",
            "shmfiles",
            "hugepages",
            "sysvshm",
            "sysvsem",
            "sysvmsg",
            "sharedmutex",
            "posixmq",
            "unixsockets",
            "unixqueue",
            "unixlisten",
            "tcpstreams",
            "tcplisten",
            "udpsockets",
            "ptys",
            "ptysession",
            "signalfds",
            "pidfds",
            "watches",
            "locks",
            "sigio",
            "numa");

    /** They use what belongs to the whole host or to all of a user's programs, and tests of time. */
    static final Set<String> ALONE = Set.of(
            "sysvshm",
            "sysvsem",
            "sysvmsg",
            "posixmq",
            "intervals",
            "posixtimers",
            "timerfds",
            "sleepers",
            "sleepers-long");

    private Programs() {}

    static List<Program> all() {
        List<Program> all = new ArrayList<>();
        C.forEach(name -> all.add(c(name)));
        all.add(new Program(
                "attributes",
                false,
                (log, folder) -> List.of(
                        Built.c("attributes"),
                        log.toString(),
                        folder.resolve("here").toString())));
        all.add(new Program(
                "chroot", true, (log, folder) -> List.of(Built.c("chroot"), log.toString(), folder.toString())));
        all.add(new Program(
                "fanotify", true, (log, folder) -> List.of(Built.c("fanotify"), log.toString(), folder.toString())));
        all.add(new Program("seccomp", true, (log, folder) -> List.of(Built.c("seccomp"), log.toString())));
        all.add(new Program(
                "sleepers-long", false, (log, folder) -> List.of(Built.c("sleepers"), log.toString(), "6")));
        all.add(new Program("bigmem", false, (log, folder) -> List.of(Built.c("bigmem"), log.toString(), "1024")));
        for (String name : List.of("counter", "threads64", "ids")) {
            all.add(new Program(
                    name + "-static", false, (log, folder) -> List.of(Built.staticC(name), log.toString())));
            all.add(new Program(name + "-musl", false, (log, folder) -> List.of(Built.musl(name), log.toString())));
        }
        all.add(new Program("go", false, (log, folder) -> List.of(Built.go("worker"), log.toString())));
        all.add(script("python", "/usr/bin/python3", "python/worker.py"));
        all.add(script("python-sharing", "/usr/bin/python3", "python/sharing.py"));
        all.add(script("perl", "perl", "perl/worker.pl"));
        all.add(script("node", "node", "node/worker.js"));
        all.add(script("node-children", "node", "node/children.js"));
        for (String method : List.of("fork", "spawn", "forkserver")) {
            all.add(script("python-" + method, "/usr/bin/python3", "python/processes.py", method));
        }
        for (String shell : List.of("bash", "dash")) {
            all.add(script(shell + "-loop", shell, "shell/loop.sh"));
            all.add(script(shell + "-pipeline", shell, "shell/pipeline.sh"));
        }
        all.add(script("bashisms", "bash", "shell/bashisms.sh"));
        all.add(script("python-asyncio", "/usr/bin/python3", "python/asynchronous.py"));
        all.add(script("node-network", "node", "node/network.js"));
        all.add(new Program(
                "openmp", false, (log, folder) -> List.of(Built.openMp("openmp"), log.toString(), folder.toString())));
        all.add(network());
        all.add(script("r", "Rscript", "real/statistics.R"));
        all.add(real("redis", "redis-server"));
        all.add(real("nginx", "nginx"));
        all.add(real("postgresql", "pg_ctlcluster"));
        all.add(real("tmux", "tmux"));
        all.add(real("screen", "screen"));
        all.add(real("script", "script"));
        all.add(real("vim", "vim"));
        all.add(real("emacs", "emacs"));
        all.add(real("vnc", "Xtigervnc"));
        all.add(real("mpich", "mpiexec.mpich"));
        all.add(real("openmpi", "mpiexec.openmpi"));
        for (int version : new int[] {17, 25}) {
            for (String collector : List.of("Serial", "G1", "Z")) {
                all.add(jvm(version, collector));
            }
        }
        return all;
    }

    static Program named(String name) {
        return all().stream()
                .filter(program -> program.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no program " + name));
    }

    private static Program c(String name) {
        return new Program(name, false, (log, folder) -> List.of(Built.c(name), log.toString(), folder.toString()));
    }

    private static Program script(String name, String interpreter, String file, String... more) {
        return new Program(name, false, (log, folder) -> {
            assumeTrue(
                    Shell.run(List.of("sh", "-c", "command -v " + interpreter)).status() == 0,
                    interpreter + " is not installed: install it to see this story");
            List<String> command = new ArrayList<>(
                    List.of(interpreter, Checkout.testApp(file).toString(), log.toString(), folder.toString()));
            command.addAll(List.of(more));
            return command;
        });
    }

    /** A program of the distribution's, started by a script of test-apps/real. */
    private static Program real(String name, String tool) {
        return new Program(name, false, (log, folder) -> {
            assumeTrue(
                    Shell.run(List.of("sh", "-c", "command -v " + tool)).status() == 0,
                    tool + " is not installed: install it to see this story");
            return List.of(
                    "/bin/sh", Checkout.testApp("real/" + name + ".sh").toString(), log.toString(), folder.toString());
        });
    }

    private static Program jvm(int version, String collector) {
        return new Program("java" + version + "-" + collector, false, (log, folder) -> {
            List<Path> found = jvms(version);
            assumeTrue(!found.isEmpty(), "no Java " + version + " in /usr/lib/jvm: install it to see this story");
            return List.of(
                    found.getFirst().toString(),
                    "-XX:+Use" + collector + "GC",
                    "-Xmx256m",
                    "-cp",
                    Built.java("Churn"),
                    "Churn",
                    log.toString());
        });
    }

    private static Program network() {
        return new Program(
                "java-network",
                false,
                (log, folder) -> List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        Built.java("Network"),
                        "Network",
                        log.toString(),
                        folder.toString()));
    }

    private static List<Path> jvms(int version) {
        List<Path> found = new ArrayList<>();
        Path all = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(all)) {
            try (DirectoryStream<Path> homes = Files.newDirectoryStream(all)) {
                for (Path home : homes) {
                    Path java = home.resolve("bin/java");
                    if (home.getFileName().toString().matches(".*\\b" + version + "\\b.*")
                            && Files.isExecutable(java)) {
                        found.add(java.toRealPath());
                    }
                }
            } catch (IOException e) {
                throw new AssertionError("listing " + all, e);
            }
        }
        found.sort(null);
        return found;
    }
}
