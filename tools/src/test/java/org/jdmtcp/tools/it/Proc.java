package org.jdmtcp.tools.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A process as /proc shows it now (proc(5), stat). */
record Proc(int pid, String comm, char state, int ppid, int pgid, int sid) {

    static Optional<Proc> of(int pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            int end = stat.lastIndexOf(')');
            String[] fields = stat.substring(end + 2).split(" ", -1);
            return Optional.of(new Proc(
                    pid,
                    stat.substring(stat.indexOf('(') + 1, end),
                    fields[0].charAt(0),
                    Integer.parseInt(fields[1]),
                    Integer.parseInt(fields[2]),
                    Integer.parseInt(fields[3])));
        } catch (IOException e) {
            return Optional.empty(); // gone
        }
    }

    static List<Proc> all() {
        List<Proc> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path entry : entries) {
                of(Integer.parseInt(entry.getFileName().toString())).ifPresent(all::add);
            }
        } catch (IOException e) {
            throw new AssertionError("reading /proc", e);
        }
        return all;
    }

    /** A zombie whose main thread alone has exited is not dead: it has other threads. */
    boolean isDead() {
        return state == 'X' || (state == 'Z' && threads().size() <= 1);
    }

    private List<Path> threads() {
        List<Path> threads = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            entries.forEach(threads::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of(); // gone
        }
        return threads;
    }

    /** Whether the environment that it was started with holds this text; false where it cannot be read. */
    boolean startedWith(String variable) {
        return threads().stream().anyMatch(thread -> {
            try {
                String environment = Files.readString(thread.resolve("environ"), StandardCharsets.ISO_8859_1);
                return ("\0" + environment).contains("\0" + variable + "\0");
            } catch (IOException e) {
                return false; // gone, or a main thread that has exited
            }
        });
    }

    String commandLine() {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** How many entries a folder below /proc/PID has: fd, task, map_files. */
    int count(String folder) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/" + pid, folder))) {
            int count = 0;
            for (Path entry : entries) {
                count += entry.getNameCount() > 0 ? 1 : 0;
            }
            return count;
        } catch (IOException e) {
            throw new AssertionError("reading /proc/" + pid + "/" + folder, e);
        }
    }

    /** The lines of one of its files below /proc/PID. */
    List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid, file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError("reading /proc/" + pid + "/" + file, e);
        }
    }

    void signal(String name) {
        Shell.run(List.of("kill", "-" + name, Integer.toString(pid)));
    }
}
